import { purchaseRequest, type PurchaseRequest } from '#shared/domain/purchase-request';
import { mayBuyFor, type Source } from '#shared/domain/requester';
import { problemsOf } from '#shared/pipeline/unprocessable-message';

export type ReadRequest =
  | { request: PurchaseRequest }
  | { reason: 'not-json'; problems: Problem[] }
  | { reason: 'invalid-request'; problems: Problem[] };

/** What is wrong with which member, and what to do. */
export interface Problem {
  field: string;
  message: string;
}

/** Reads the bytes of a purchase request: UTF-8, JSON, the schema, and whether the source may buy for this customer. */
export function readRequest(body: Uint8Array, source: Source): ReadRequest {
  const json = parseJson(body);
  if ('problem' in json) return { reason: 'not-json', problems: [{ field: '(whole)', message: json.problem }] };
  const parsed = purchaseRequest.safeParse(json.value);
  if (!parsed.success) return { reason: 'invalid-request', problems: problemsOf(parsed.error) };
  if (!mayBuyFor(source, parsed.data.customerId)) {
    const message = 'is not a customer that this source may buy for; ask the operator to add it to the source';
    return { reason: 'invalid-request', problems: [{ field: 'customerId', message }] };
  }
  return { request: parsed.data };
}

function parseJson(body: Uint8Array): { value: unknown } | { problem: string } {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch {
    return { problem: 'must be JSON in UTF-8' };
  }
}
