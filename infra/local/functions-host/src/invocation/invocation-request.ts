import { randomUUID } from 'node:crypto';
import type { RegisteredFunction } from '#worker/core-module';
import type { InvocationRequest, RetryContext, TypedData } from '#worker/rpc';

/** What only some invocations have. */
interface Extras {
  readonly triggerMetadata?: InvocationRequest['triggerMetadata'];
  readonly traceParent?: string | undefined;
  readonly retryContext?: RetryContext | undefined;
}

/** Makes the request for one invocation; it starts a new trace unless the caller has one. */
export function invocationRequest(
  { metadata }: RegisteredFunction,
  bindingName: string,
  input: TypedData,
  { triggerMetadata = {}, traceParent = newTraceParent(), retryContext }: Extras = {},
): InvocationRequest {
  return {
    invocationId: randomUUID(),
    functionId: metadata.functionId ?? metadata.name,
    inputData: [{ name: bindingName, data: input }],
    triggerMetadata,
    traceContext: { traceParent, traceState: '', attributes: {} },
    ...(retryContext !== undefined && { retryContext }),
  };
}

/** The `traceparent` of a new trace (W3C Trace Context). */
function newTraceParent(): string {
  const hex = `${randomUUID()}${randomUUID()}`.replaceAll('-', '');
  return `00-${hex.slice(0, 32)}-${hex.slice(32, 48)}-00`;
}
