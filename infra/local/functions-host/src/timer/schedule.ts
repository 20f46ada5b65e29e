import { readTimeSpan } from '#settings/time-span';
import { compileNcrontab, type NextOccurrence } from './ncrontab';

/** A timer's schedule. */
export interface Schedule {
  next(after: Date): Date;
  /** The real host keeps no status for schedules that fire more than once a minute. */
  readonly isSubMinute: boolean;
}

/** Reads a schedule: an NCRONTAB expression or a TimeSpan. Throws if it is neither or would never fire. */
export function readSchedule(text: string, now: Date): Schedule {
  const interval = readTimeSpan(text);
  if (interval === 0) throw new Error(`The schedule "${text}" has an interval of zero`);
  const occurrence: NextOccurrence =
    interval === undefined ? compileNcrontab(text) : (after) => new Date(after.getTime() + interval);
  const next = (after: Date): Date => {
    const found = occurrence(after);
    if (found === undefined) throw new Error(`The schedule "${text}" never fires`);
    return found;
  };
  const first = next(now);
  return { next, isSubMinute: next(first).getTime() - first.getTime() < 60_000 };
}
