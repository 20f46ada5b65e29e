import { expect, test } from '@jest/globals';
import { readSchedule } from '#timer/schedule';
import { firstStatus, judgeStatus, statusAfterRun } from '#timer/status';

const HOUR_MS = 3_600_000;
const friday = new Date('2026-11-20T10:07:30.250Z');

test('a status is past due only when its run should have been', () => {
  const schedule = readSchedule('0 0 * * * *', friday);
  const later = (hours: number): Date => new Date(friday.getTime() + hours * HOUR_MS);
  const fresh = firstStatus(schedule, friday);
  expect(judgeStatus(fresh, schedule, friday)).toEqual({ status: fresh, isPastDue: false });
  expect(judgeStatus(fresh, schedule, later(1))).toEqual({ status: fresh, isPastDue: true });
  const ran = statusAfterRun(schedule, later(1), later(2));
  expect(judgeStatus(ran, schedule, later(2))).toEqual({ status: ran, isPastDue: false });
  expect(judgeStatus(ran, schedule, later(9)).isPastDue).toBe(true);
  expect(judgeStatus(ran, readSchedule('0 30 * * * *', friday), later(9)).isPastDue).toBe(false);
});

test('a schedule may be an interval', () => {
  const schedule = readSchedule('00:05:00', friday);
  expect(schedule.next(friday)).toEqual(new Date('2026-11-20T10:12:30.250Z'));
  expect(schedule.isSubMinute).toBe(false);
  expect(readSchedule('00:00:30', friday).isSubMinute).toBe(true);
  expect(() => readSchedule('00:00:00', friday)).toThrow('an interval of zero');
});
