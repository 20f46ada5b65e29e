import { setTimeout as sleep } from 'node:timers/promises';
import type { RetryPolicy } from '#invocation/hosted-function';
import { errorDetails, errorMessage } from '#log/describe-error';
import type { RetryContext } from '#worker/rpc';

/** Exponential delays are spread by this share to both sides. */
const JITTER = 0.2;

/**
 * Calls `attempt` until it succeeds or the policy ends; never rejects, because a failed attempt is logged where it failed.
 * Functions with a policy get a retry context on every attempt (FunctionExecutorExtensions.cs of azure-webjobs-sdk).
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

/** Milliseconds before the nth retry. */
function delay(policy: RetryPolicy, n: number): number {
  if (policy.retryStrategy === 'fixedDelay') return (policy.delayInterval?.seconds ?? 0) * 1000;
  const shortest = (policy.minimumInterval?.seconds ?? 0) * 1000;
  const longest = (policy.maximumInterval?.seconds ?? 0) * 1000;
  return Math.min(longest, shortest * 2 ** (n - 1)) * (1 - JITTER + 2 * JITTER * Math.random());
}

const toRpcException = (error: unknown): NonNullable<RetryContext['exception']> => ({
  message: errorMessage(error),
  source: '',
  stackTrace: errorDetails(error),
});
