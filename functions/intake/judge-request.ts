import { purchaseRequest, type PurchaseRequest } from '#shared/domain/purchase-request';
import { mayBuyFor, type Requester } from '#shared/domain/requester';
import { problemsOf } from '#shared/pipeline/unprocessable-message';

export type JudgedRequest =
  | { readonly kind: 'valid'; readonly request: PurchaseRequest }
  | { readonly kind: 'invalid'; readonly reason: 'not-json' | 'invalid-request'; readonly problems: Problem[] };

/** What is wrong with which member, and what to do. */
export interface Problem {
  field: string;
  message: string;
}

/** Reads the bytes of a purchase request: UTF-8, JSON, the schema, and whether the requester may buy for this customer. */
export function judgeRequest(body: Uint8Array, requester: Requester): JudgedRequest {
  const json = parseJson(body);
  if (json === undefined) return invalid('not-json', [{ field: '(whole)', message: 'must be JSON in UTF-8' }]);
  const parsed = purchaseRequest.safeParse(json);
  if (!parsed.success) return invalid('invalid-request', problemsOf(parsed.error));
  if (!mayBuyFor(requester, parsed.data.customerId)) {
    const message = 'is not a customer that this requester may buy for; ask the operator to add it to the requester';
    return invalid('invalid-request', [{ field: 'customerId', message }]);
  }
  return { kind: 'valid', request: parsed.data };
}

function invalid(reason: 'not-json' | 'invalid-request', problems: Problem[]): JudgedRequest {
  return { kind: 'invalid', reason, problems };
}

/** The JSON value of a body, which is never undefined; undefined when the body is not JSON in UTF-8. */
function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
