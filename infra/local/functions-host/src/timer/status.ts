import { z } from 'zod';
import type { Schedule } from './schedule';

/** The first date of .NET, which stands for "never". */
const NEVER = '0001-01-01T00:00:00';

/** The names are those of the stored form. */
export const scheduleStatus = z.object({ Last: z.string(), Next: z.string(), LastUpdated: z.string() });

/** What the host remembers about a timer, in the form in which it is stored and passed to functions. */
export type ScheduleStatus = Readonly<z.infer<typeof scheduleStatus>>;

/** The status of a timer that has never run. */
export const firstStatus = (schedule: Schedule, now: Date): ScheduleStatus => ({
  Last: NEVER,
  Next: schedule.next(now).toISOString(),
  LastUpdated: now.toISOString(),
});

/** The status after a run that began at `started` and ended at `ended`. */
export const statusAfterRun = (schedule: Schedule, started: Date, ended: Date): ScheduleStatus => ({
  Last: started.toISOString(),
  Next: schedule.next(ended).toISOString(),
  LastUpdated: ended.toISOString(),
});

/**
 * Judges a stored status at the start of the host (ScheduleMonitor.CheckPastDueAsync of azure-webjobs-sdk-extensions):
 * a missed run is past due; a schedule that has changed since starts anew and is not.
 */
export function judgeStatus(
  status: ScheduleStatus,
  schedule: Schedule,
  now: Date,
): { readonly status: ScheduleStatus; readonly isPastDue: boolean } {
  const next = new Date(status.Next);
  const wasPlanned = [status.Last, status.LastUpdated].some(
    (time) => time !== NEVER && schedule.next(new Date(time)).getTime() === next.getTime(),
  );
  if (!wasPlanned) return { status: firstStatus(schedule, now), isPastDue: false };
  return { status, isPastDue: now > next };
}
