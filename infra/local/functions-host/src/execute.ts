import { inspect } from 'node:util';
import type { HostedFunction } from './bindings';
import type { HostLog } from './log';
import type { InvocationRequest, InvocationResponse } from './worker/rpc';
import type { Worker } from './worker/worker';

/** Runs one invocation; rejects with what the function threw, or when it took longer than functionTimeout. */
export type Execute = (fn: HostedFunction, request: InvocationRequest, reason: string) => Promise<InvocationResponse>;

export interface ExecutorOptions {
  worker: Worker;
  log: HostLog;
  /** Milliseconds; undefined for no limit. */
  timeout: number | undefined;
  /** Called once an invocation has run out of time: the real host restarts its worker process then. */
  onTimeout: (message: string) => void;
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
      log.write('error', category, `${finished('Failed')} ${describe(error)}`);
      throw error;
    }
  };
}

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : inspect(error));
