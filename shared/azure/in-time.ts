/** For one call to storage with the SDK's repeats, which have no limit of their own. A row or a small document takes milliseconds. */
const LIMIT_SECONDS = 20;

/** Runs a call of an Azure SDK with a limit of time; once it has passed, throws an error with the code ETIMEDOUT. */
export async function inTime<Result>(
  call: (abortSignal: AbortSignal) => Promise<Result>,
  seconds = LIMIT_SECONDS,
): Promise<Result> {
  const signal = AbortSignal.timeout(seconds * 1000);
  try {
    return await call(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    throw Object.assign(new Error('storage did not answer in time'), { code: 'ETIMEDOUT' });
  }
}
