import { expect, test } from '@jest/globals';
import { parseAmount } from '#shared/domain/amount';
import { parseJson } from '#shared/partner-center/http/parse-json';

/** No double holds 9007199254740993, nor most of what begins like it. */
const DIGITS = '9007199254740993'.repeat(3);

/** Every number of up to 40 digits with its point at every place. */
function* numbers(): Iterable<string> {
  for (let length = 1; length <= 40; length++) {
    const digits = DIGITS.slice(0, length).replace(/0*$/, '');
    yield DIGITS.slice(0, length);
    for (let point = 1; point < digits.length; point++) yield `${digits.slice(0, point)}.${digits.slice(point)}`;
    yield `0.${'0'.repeat(length)}${digits}`;
  }
}

test.each([
  ['alone', (number: string) => number, (read: unknown) => read],
  ['in a member', (number: string) => `{"n": ${number}}`, (read: unknown) => Object(read).n],
  ['in a list', (number: string) => `[1,-${number} ,2]`, (read: unknown) => String(Object(read)[1]).slice(1)],
])('a number of any length keeps all its digits %s', (_where, put, take) => {
  for (const number of numbers()) {
    expect(parseAmount(String(take(parseJson(put(number)))))).toBe(number);
  }
});

test('a byte order mark is no part of a body, and nothing at all is no value', () => {
  expect(parseJson('\ufeff{"a":1}')).toEqual({ a: 1 });
  expect([parseJson(''), parseJson('\ufeff'), parseJson(' \r\n')]).toEqual([undefined, undefined, undefined]);
});

test.each(['{"a":1', '{"a":12345678901234567890', '<html>', '{"a":1}{"b":2}'])('%p is no JSON', (body) => {
  expect(() => parseJson(body)).toThrow();
});
