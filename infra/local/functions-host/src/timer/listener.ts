import { setTimeout as sleep } from 'node:timers/promises';
import type { Execute } from '#invocation/execute';
import type { HostedFunction, TimerTrigger } from '#invocation/hosted-function';
import { createInFlight } from '#invocation/in-flight';
import { invocationRequest } from '#invocation/invocation-request';
import type { Listener } from '#invocation/listener';
import { errorMessage } from '#log/describe-error';
import type { HostLog } from '#log/log';
import type { TypedData } from '#worker/rpc';
import { runWithRetry } from './retry';
import type { Schedule } from './schedule';
import { firstStatus, judgeStatus, statusAfterRun, type ScheduleStatus } from './status';
import type { StatusStore } from './status-store';

interface TimerOptions {
  readonly fn: HostedFunction<TimerTrigger>;
  readonly schedule: Schedule;
  /** Undefined when the timer keeps no status: it can't be past due then. */
  readonly store: StatusStore | undefined;
  readonly execute: Execute;
  readonly log: HostLog;
}

/** Node's timers hold at most 2^31 - 1 milliseconds; longer waits are chained. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** Listens to one timer. Runs never overlap: the next is planned when one has ended. */
export async function startTimer({ fn, schedule, store, execute, log }: TimerOptions): Promise<Listener> {
  const stopped = new AbortController();
  const writes = createInFlight();
  let status = firstStatus(schedule, new Date());
  const isPastDue = store !== undefined && (await restore(store));

  async function restore(statuses: StatusStore): Promise<boolean> {
    const stored = await statuses.read(fn.name);
    const judged = stored === undefined ? { status, isPastDue: false } : judgeStatus(stored, schedule, new Date());
    status = judged.status;
    if (status !== stored) await statuses.write(fn.name, status);
    return judged.isPastDue;
  }

  /** Never rejects: a failed run is in the log of its function, and a status that can't be stored must not end the timer. */
  async function run(pastDue: boolean): Promise<void> {
    const started = new Date();
    const input = timerInfo(store && status, pastDue);
    await runWithRetry(fn.retry, stopped.signal, (retryContext) =>
      execute(
        fn,
        invocationRequest(fn.registered, fn.bindingName, input, { retryContext }),
        `Timer fired at ${started.toISOString()}`,
      ),
    );
    status = statusAfterRun(schedule, started, new Date());
    if (store !== undefined) await writes.track(save(store, status));
  }

  async function save(statuses: StatusStore, latest: ScheduleStatus): Promise<void> {
    try {
      await statuses.write(fn.name, latest);
    } catch (error) {
      log.write(
        'error',
        'Host.Triggers.Timer',
        `The status of timer ${fn.name} was not stored: ${errorMessage(error)}`,
      );
    }
  }

  async function loop(): Promise<void> {
    if (isPastDue || fn.trigger.runOnStartup) await run(isPastDue);
    while (await waitUntil(new Date(status.Next), stopped.signal)) await run(false);
  }

  const ended = loop();
  return {
    attached: Promise.resolve(),
    stop: () => {
      stopped.abort();
      return ended;
    },
    settled: () => writes.idle(),
    close: () => Promise.resolve(),
  };
}

/** The input of a timer function. */
export const timerInfo = (status: ScheduleStatus | undefined, isPastDue: boolean): TypedData => ({
  json: JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus: status ?? null, IsPastDue: isPastDue }),
});

/** Resolves with true at the given time, or with false when the listener is stopped before it. */
async function waitUntil(time: Date, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const wait = time.getTime() - Date.now();
    if (wait <= 0) return true;
    await sleep(Math.min(wait, LONGEST_WAIT_MS), undefined, { signal }).catch(() => undefined);
  }
  return false;
}
