import { expect, test } from '@jest/globals';
import { readTimeSpan } from '#settings/time-span';

test.each([
  ['00:05:00', 300_000],
  ['1.12:00:00', 129_600_000],
  ['00:00:00.2', 200],
  ['10:30', 37_800_000],
  ['24:00:00', undefined],
  ['00:60:00', undefined],
  ['5', undefined],
  ['0 */5 * * * *', undefined],
])('the TimeSpan %s is %s milliseconds', (text, expected) => {
  expect(readTimeSpan(text)).toBe(expected);
});
