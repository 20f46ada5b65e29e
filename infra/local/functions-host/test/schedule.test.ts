import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileNcrontab } from '#timer/ncrontab';
import { readTimeSpan } from '#time-span';
import { firstStatus, judgeStatus, statusAfterRun } from '#timer/status';
import { readSchedule } from '#timer/schedule';

const friday = new Date('2026-11-20T10:07:30.250Z');

test.each([
  ['*/15 * * * * *', '2026-11-20T10:07:45.000Z'],
  ['0 */5 * * * *', '2026-11-20T10:10:00.000Z'],
  ['*/5 * * * *', '2026-11-20T10:10:00.000Z'],
  ['0 0 9-17 * * MON-FRI', '2026-11-20T11:00:00.000Z'],
  ['0 0 9 * * 1', '2026-11-23T09:00:00.000Z'],
  ['0 30 9 * Jan Mon', '2027-01-04T09:30:00.000Z'],
  ['0 0 0 1,15 * *', '2026-12-01T00:00:00.000Z'],
  ['0 0 0 13 * 5', '2027-08-13T00:00:00.000Z'], // both the day and the weekday must fit
  ['0 0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
  ['30/10 * * * * *', '2026-11-20T10:07:40.000Z'],
  ['59 59 23 31 12 *', '2026-12-31T23:59:59.000Z'],
])('%s fires next at %s', (expression, expected) => {
  expect(compileNcrontab(expression)(friday)?.toISOString()).toBe(expected);
});

test.each([
  '',
  '* * * *',
  '* * * * * * *',
  '60 * * * * *',
  '* * 24 * * *',
  '* * * 0 * *',
  '* * * * * 7',
  '*/0 * * * *',
  '5-1 * * * *',
  'a * * * *',
])('"%s" is refused', (expression) => {
  expect(() => compileNcrontab(expression)).toThrow(/NCRONTAB/);
});

test('the next occurrence is after the given time, and there is none between the two', () => {
  const field = (least: number, most: number) =>
    fc.oneof(fc.constant('*'), fc.integer({ min: least, max: most }).map(String));
  fc.assert(
    fc.property(
      field(0, 59),
      field(0, 59),
      field(0, 23),
      fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
      (s, m, h, after) => {
        const next = compileNcrontab(`${s} ${m} ${h} * * *`);
        const found = next(after);
        if (found === undefined) throw new Error('it never fires');
        expect(found.getTime()).toBeGreaterThan(after.getTime());
        expect(next(new Date(found.getTime() - 1))).toEqual(found);
        expect(next(new Date((after.getTime() + found.getTime()) / 2 - 1))).toEqual(found);
      },
    ),
  );
});

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

test('a status is past due only when its run should have been', () => {
  const schedule = readSchedule('0 0 * * * *', friday);
  const hour = 3_600_000;
  const later = (hours: number): Date => new Date(friday.getTime() + hours * hour);
  const fresh = firstStatus(schedule, friday);
  expect(judgeStatus(fresh, schedule, friday)).toEqual({ status: fresh, isPastDue: false });
  expect(judgeStatus(fresh, schedule, later(1))).toEqual({ status: fresh, isPastDue: true });
  const ran = statusAfterRun(schedule, later(1), later(2));
  expect(judgeStatus(ran, schedule, later(2))).toEqual({ status: ran, isPastDue: false });
  expect(judgeStatus(ran, schedule, later(9)).isPastDue).toBe(true);
  expect(judgeStatus(ran, readSchedule('0 30 * * * *', friday), later(9)).isPastDue).toBe(false);
});
