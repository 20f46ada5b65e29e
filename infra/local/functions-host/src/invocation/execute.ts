import { errorDetails } from '#log/describe-error';
import type { HostLog } from '#log/log';
import type { InvocationRequest, InvocationResponse } from '#worker/rpc';
import type { Worker } from '#worker/worker';
import type { HostedFunction } from './hosted-function';

/** Runs one invocation; rejects with what the function threw, or when it took longer than functionTimeout. */
export type Execute = (fn: HostedFunction, request: InvocationRequest, reason: string) => Promise<InvocationResponse>;

interface ExecutorOptions {
  readonly worker: Worker;
  readonly log: HostLog;
  /** Milliseconds; undefined for no limit. */
  readonly timeout: number | undefined;
  /** Called when an invocation has exceeded its time limit: the real host then restarts its worker process. */
  readonly onTimeout: (message: string) => void;
}

/** Makes the function that runs invocations and logs what the real host logs about each. */
export function createExecutor({ worker, log, timeout, onTimeout }: ExecutorOptions): Execute {
  async function withTimeout<T>(fn: HostedFunction, work: Promise<T>): Promise<T> {
    if (timeout === undefined) return work;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const message = `Timeout value of ${timeout / 1000} s was exceeded by function ${fn.name}`;
        reject(new Error(message));
        onTimeout(message);
      }, timeout);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  return async (fn, request, reason) => {
    const category = `Function.${fn.name}`;
    const started = performance.now();
    const finished = (outcome: string): string =>
      `Executed 'Functions.${fn.name}' (${outcome}, Id=${request.invocationId}, Duration=${Math.round(performance.now() - started)}ms)`;
    log.write(
      'information',
      category,
      `Executing 'Functions.${fn.name}' (Reason='${reason}', Id=${request.invocationId})`,
    );
    try {
      const response = await withTimeout(fn, worker.invoke(fn.registered, request));
      log.write('information', category, finished('Succeeded'));
      return response;
    } catch (error) {
      log.write('error', category, `${finished('Failed')} ${errorDetails(error)}`);
      throw error;
    }
  };
}
