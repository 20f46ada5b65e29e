/** Why a call of the SDK failed: it retries what is retryable, and gathers the error of every attempt. */
export async function refusals(call: Promise<unknown>): Promise<unknown[]> {
  try {
    await call;
  } catch (error) {
    return error instanceof AggregateError ? [...error.errors] : [error];
  }
  throw new Error('the call was expected to fail');
}
