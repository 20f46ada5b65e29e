import { purchaseRequest, type PurchaseRequest } from '#shared/domain/purchase-request';
import { mayBuyFor, type Requester } from '#shared/domain/requester';
import { problemsOf } from '#shared/pipeline/unprocessable-message';
import { judgeJson, type JudgedJson } from './judge-json';
import type { Problem } from './problem';

export type JudgedRequest =
  | { readonly kind: 'valid'; readonly request: PurchaseRequest }
  | { readonly kind: 'invalid'; readonly reason: 'not-json' | 'invalid-request'; readonly problems: Problem[] };

/** Reads the bytes of a purchase request: UTF-8, JSON, the schema, and whether the requester may buy for this customer. */
export function judgeRequest(body: Uint8Array, requester: Requester): JudgedRequest {
  const json = judgeBytes(body);
  if (json.kind === 'not-json') return invalid('not-json', [{ field: '(whole)', message: 'must be JSON in UTF-8' }]);
  if (json.kind === 'ambiguous') return invalid('invalid-request', json.problems);
  const parsed = purchaseRequest.safeParse(json.value);
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

function judgeBytes(body: Uint8Array): JudgedJson {
  try {
    return judgeJson(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return { kind: 'not-json' };
  }
}
