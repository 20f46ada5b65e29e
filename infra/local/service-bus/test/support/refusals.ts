/** Why a call of the SDK failed: it tries again when told to, and gathers what it was told each time. */
export async function refusals(call: Promise<unknown>): Promise<unknown[]> {
  try {
    await call;
  } catch (error) {
    return error instanceof AggregateError ? [...error.errors] : [error];
  }
  throw new Error('the call was expected to fail');
}
