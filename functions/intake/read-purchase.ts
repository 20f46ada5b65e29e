import { createHash } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { Requester } from '#shared/domain/requester';
import type { PurchaseStore } from '#shared/pipeline/purchase-store';
import { problem } from './problem';

export interface ReadPurchaseDeps {
  requesters: Requester[];
  purchases: PurchaseStore;
}

/** `GET /api/purchases/{id}` with a read key as bearer token: where a purchase stands and how it came there. */
export function readPurchase({
  requesters,
  purchases,
}: ReadPurchaseDeps): (request: HttpRequest) => Promise<HttpResponseInit> {
  return async (request) => {
    const requester = readerOf(request, requesters);
    if (!requester) return problem('unauthorized', 'Send a read key of your requester as a bearer token.');
    const id = request.params['id'] ?? '';
    const found = /^[0-9a-f-]{36}$/.test(id) ? await purchases.readHistory(id) : undefined;
    // Another requester's purchase looks like none at all.
    if (!found || found.stored.purchase.requester.id !== requester.id) return problem('not-found', 'Check the id.');
    const { purchase } = found.stored;
    return {
      headers: { 'cache-control': 'no-store' },
      jsonBody: {
        purchaseId: purchase.id,
        requestId: purchase.requester.requestId,
        status: purchase.status,
        stage: purchase.stage,
        acceptedAt: purchase.acceptedAt,
        updatedAt: purchase.updatedAt,
        request: purchase.request,
        country: purchase.country,
        offers: purchase.offers,
        cart: purchase.cart,
        orders: purchase.orders,
        rejectedGroups: purchase.rejectedGroups,
        reason: purchase.reason,
        history: found.history,
      },
    };
  };
}

/** Keys are compared by their hashes: what a comparison could leak is of no use. */
function readerOf(request: HttpRequest, requesters: Requester[]): Requester | undefined {
  const key = /^Bearer +([\x21-\x7e]{1,256})$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (key === undefined) return undefined;
  const hash = createHash('sha256').update(key).digest('hex');
  return requesters.find(({ readKeys }) => readKeys.includes(hash));
}
