import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compareAmounts, multiplyAmount, parseAmount, sumAmounts } from '#shared/domain/amount';

test.each([
  ['24606.35', '24606.35'],
  ['14.40', '14.4'],
  ['-0.50', '-0.5'],
  ['-0', '0'],
  ['007', '7'],
  ['+3', '3'],
  ['.5', '0.5'],
  ['1e5', '100000'],
  ['-1.5E-7', '-0.00000015'],
  ['12345678901234567890.123456789', '12345678901234567890.123456789'],
  [' 16 ', '16'],
  ['-0.00', '0'],
  ['5.', '5'],
  ['-.50', '-0.5'],
  ['0.10', '0.1'],
  ['00.5', '0.5'],
])('%s is the amount %s', (text, amount) => {
  expect(parseAmount(text)).toBe(amount);
});

test.each(['', '.', '-', 'abc', '1,5', '1.2.3', '0x10', 'NaN', 'Infinity', '1e', '1e9999', '12 34', '+-3', '--3'])(
  '%p is no amount',
  (text) => {
    expect(parseAmount(text)).toBeUndefined();
  },
);

test('arithmetic with something that is no amount throws instead of guessing', () => {
  expect(() => sumAmounts(['1', 'two'])).toThrow(RangeError);
});

/** Whole thousandths, so that BigInt arithmetic can check the results. */
const thousandths = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
const write = (value: bigint) => parseAmount(`${value}e-3`) ?? '';

test('sums are exact, whatever the size and order', () => {
  fc.assert(
    fc.property(fc.array(thousandths), (values) => {
      expect(sumAmounts(values.map(write))).toBe(write(values.reduce((total, value) => total + value, 0n)));
    }),
  );
});

test('product and comparison agree with whole numbers', () => {
  fc.assert(
    fc.property(thousandths, thousandths, fc.integer({ min: 0, max: 1_000_000 }), (left, right, quantity) => {
      expect(multiplyAmount(write(left), quantity)).toBe(write(left * BigInt(quantity)));
      expect(Math.sign(compareAmounts(write(left), write(right)))).toBe(left < right ? -1 : left > right ? 1 : 0);
    }),
  );
});

test('equal amounts are equal strings, however they were written', () => {
  fc.assert(
    fc.property(thousandths, fc.nat(5), (value, zeros) => {
      const padded = `${value}${'0'.repeat(zeros)}e-${3 + zeros}`;
      expect(parseAmount(padded)).toBe(write(value));
      expect(parseAmount(write(value))).toBe(write(value));
    }),
  );
});
