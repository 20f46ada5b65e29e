import { setTimeout as sleep } from 'node:timers/promises';
import type { HostedFunction, TimerTrigger } from '#bindings';
import type { Execute } from '#execute';
import type { Listener } from '#listener';
import type { HostLog } from '#log';
import { invocationRequest } from '#worker/worker';
import { runWithRetry } from './retry';
import type { Schedule } from './schedule';
import { firstStatus, judgeStatus, statusAfterRun, type ScheduleStatus, type StatusStore } from './status';

export interface TimerOptions {
  fn: HostedFunction<TimerTrigger>;
  schedule: Schedule;
  /** Undefined when the timer keeps no status: it can't be past due then. */
  store: StatusStore | undefined;
  execute: Execute;
  log: HostLog;
}

/** Node's timers hold at most 2^31 - 1 milliseconds; longer waits are chained. */
const longestWait = 2 ** 31 - 1;

/** Listens to one timer. Runs never overlap: the next is planned when one has ended. */
export async function startTimer({ fn, schedule, store, execute, log }: TimerOptions): Promise<Listener> {
  const stopped = new AbortController();
  let status = firstStatus(schedule, new Date());
  const isPastDue = store !== undefined && (await restore(store));

  async function restore(statuses: StatusStore): Promise<boolean> {
    const stored = await statuses.read(fn.name);
    const judged = stored === undefined ? { status, isPastDue: false } : judgeStatus(stored, schedule, new Date());
    status = judged.status;
    if (status !== stored) await statuses.write(fn.name, status);
    return judged.isPastDue;
  }

  async function run(pastDue: boolean): Promise<void> {
    const started = new Date();
    const input = timerInfo(store === undefined ? undefined : status, pastDue);
    await runWithRetry(fn.retry, stopped.signal, (retryContext) => {
      const more = retryContext === undefined ? {} : { retryContext };
      return execute(
        fn,
        invocationRequest(fn.registered, fn.bindingName, input, more),
        `Timer fired at ${started.toISOString()}`,
      );
    });
    status = statusAfterRun(schedule, started, new Date());
    await store?.write(fn.name, status);
  }

  async function loop(): Promise<void> {
    if (isPastDue || fn.trigger.runOnStartup) await attempt(isPastDue);
    while (await waitUntil(new Date(status.Next), stopped.signal)) await attempt(false);
  }

  /** A failed run is in the log of the function already; a status that can't be stored must not end the timer. */
  async function attempt(pastDue: boolean): Promise<void> {
    try {
      await run(pastDue);
    } catch (error) {
      log.write('error', 'Host.Triggers.Timer', `The status of timer ${fn.name} was not stored: ${String(error)}`);
    }
  }

  const ended = loop();
  return {
    attached: Promise.resolve(),
    stop: () => {
      stopped.abort();
      return ended;
    },
    close: () => Promise.resolve(),
  };
}

/** The value that a timer function is given. */
export const timerInfo = (status: ScheduleStatus | undefined, isPastDue: boolean): { json: string } => ({
  json: JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus: status ?? null, IsPastDue: isPastDue }),
});

/** Resolves with true at the given time, with false when the listener was stopped before. */
async function waitUntil(time: Date, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const wait = time.getTime() - Date.now();
    if (wait <= 0) return true;
    await sleep(Math.min(wait, longestWait), undefined, { signal }).catch(() => undefined);
  }
  return false;
}
