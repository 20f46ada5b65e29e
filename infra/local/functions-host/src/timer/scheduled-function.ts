import type { HostedFunction, TimerTrigger } from '#invocation/hosted-function';
import type { Settings } from '#settings/settings';
import { readSchedule, type Schedule } from './schedule';
import type { StatusStore } from './status-store';

/** A timer function whose schedule and settings have been checked. */
interface ScheduledFunction {
  readonly fn: HostedFunction<TimerTrigger>;
  readonly schedule: Schedule;
  /** Opens the store of its status; undefined when it keeps none. */
  readonly openStore: (() => Promise<StatusStore>) | undefined;
}

/** Checks a timer function; throws for an invalid schedule, and when its status has no place to be kept. */
export function scheduleFunction(fn: HostedFunction<TimerTrigger>, settings: Settings): ScheduledFunction {
  const schedule = readSchedule(fn.trigger.schedule, new Date());
  if (!fn.trigger.useMonitor || schedule.isSubMinute) return { fn, schedule, openStore: undefined };
  const storage = settings.get('AzureWebJobsStorage');
  if (storage === undefined)
    throw new Error(`Timer ${fn.name} keeps its status in a blob: set AzureWebJobsStorage to a connection string`);
  return {
    fn,
    schedule,
    async openStore() {
      const { createBlobStatusStore } = await import('#timer/status-store'); // the SDK takes a while to load
      return createBlobStatusStore(storage, settings.get('AzureFunctionsWebHost__hostid') ?? 'local');
    },
  };
}
