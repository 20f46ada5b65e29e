import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { orderGroups } from '#rules/order-groups';
import { termEnd } from '#rules/term-end';

const lineArbitrary = fc.record({
  catalogItemId: fc.constantFrom('A:1:X', 'B:2:Y', 'MS-AZR-0145P', '91fd106f-4b2c-4938-95ac-f54f74e9a239'),
  billingCycle: fc.constantFrom('monthly', 'annual', 'one_time'),
  currencyCode: fc.constantFrom('EUR', 'USD'),
});

test('two lines share an order group exactly when system, billing cycle and currency agree', () => {
  fc.assert(
    fc.property(fc.array(lineArbitrary, { maxLength: 12 }), (lines) => {
      const groups = orderGroups(lines, false);
      const key = (line: (typeof lines)[number]) =>
        `${line.catalogItemId.includes(':')} ${line.billingCycle} ${line.currencyCode}`;
      for (const [a, one] of lines.entries()) {
        for (const [b, other] of lines.entries()) expect(groups[a] === groups[b]).toBe(key(one) === key(other));
      }
    }),
  );
});

test('order groups are numbered without gaps, the older system apart', () => {
  fc.assert(
    fc.property(fc.array(lineArbitrary, { maxLength: 12 }), fc.boolean(), (lines, everyLine) => {
      const names = [...new Set(orderGroups(lines, everyLine))];
      const older = names.filter((name) => name.startsWith('OMS-'));
      const newer = names.filter((name) => !name.startsWith('OMS-'));
      expect(older).toEqual(older.map((_, index) => `OMS-${index}`));
      expect(newer).toEqual(newer.map((_, index) => `${index}`));
    }),
  );
});

test.each([
  ['P1M', '2026-03-01T00:00:00.000Z'],
  ['P1Y', '2027-02-01T00:00:00.000Z'],
  ['P3Y', '2029-02-01T00:00:00.000Z'],
])('a term of %s from February ends %s', (duration, end) => {
  expect(new Date(termEnd(Date.UTC(2026, 1, 1), duration)).toISOString()).toBe(end);
});
