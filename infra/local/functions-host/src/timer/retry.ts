import { setTimeout as sleep } from 'node:timers/promises';
import type { RetryPolicy } from '#bindings';
import type { RetryContext } from '#worker/rpc';

/**
 * Calls `attempt` until it succeeds or the policy gives up; it never rejects, for a failed attempt is logged where it failed.
 * Functions with a policy are given a retry context on every attempt (FunctionExecutorExtensions.cs of azure-webjobs-sdk).
 */
export async function runWithRetry(
  policy: RetryPolicy | undefined,
  signal: AbortSignal,
  attempt: (context: RetryContext | undefined) => Promise<unknown>,
): Promise<void> {
  const maxRetryCount = policy?.maxRetryCount ?? 0;
  let context: RetryContext | undefined = policy && { retryCount: 0, maxRetryCount };
  for (let retryCount = 1; ; retryCount += 1) {
    try {
      await attempt(context);
      return;
    } catch (error) {
      if (policy === undefined || (maxRetryCount >= 0 && retryCount > maxRetryCount) || signal.aborted) return;
      context = { retryCount, maxRetryCount, exception: toRpcException(error) };
    }
    await sleep(delay(policy, retryCount), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}

/** Milliseconds before the given retry; exponential delays are spread by a fifth to both sides. */
function delay(policy: RetryPolicy, retryCount: number): number {
  if (policy.retryStrategy === 'fixedDelay') return (policy.delayInterval?.seconds ?? 0) * 1000;
  const least = (policy.minimumInterval?.seconds ?? 0) * 1000;
  const most = (policy.maximumInterval?.seconds ?? 0) * 1000;
  return Math.min(most, least * 2 ** (retryCount - 1)) * (0.8 + 0.4 * Math.random());
}

function toRpcException(error: unknown): { message: string; source: string; stackTrace: string } {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { message, source: '', stackTrace: stack };
}
