import type { Bus } from '#shared/azure/bus';
import { purchaseEvent } from '#shared/domain/order-event';
import { fingerprint } from '#shared/domain/fingerprint';
import { purchaseIdOf } from '#shared/domain/ids';
import { placedLines, type PurchaseRequest } from '#shared/domain/purchase-request';
import type { Purchase } from '#shared/domain/purchase';
import type { Source } from '#shared/domain/source';
import type { Log } from '#shared/log';
import { sendPending } from '#shared/pipeline/outbox';
import type { Purchases, StoredPurchase } from '#shared/pipeline/purchases';
import { toStage, type Transition } from '#shared/pipeline/transition';
import { setAlarm, type WatchDeps } from '#shared/pipeline/watch';

export interface AcceptDeps extends WatchDeps {
  bus: Bus;
  purchases: Purchases;
  log: Log;
}

/** `accepted` for the first delivery and every repetition of it; `conflict` for the same id with other content. */
export type Acceptance = { kind: 'accepted'; purchaseId: string } | { kind: 'conflict'; purchaseId: string };

/**
 * Takes a purchase in, once. The order matters: the alarm clock, then the row, then the first messages; after a crash
 * anywhere in between, either the sender has no answer and asks again, or the alarm clock finds the row.
 */
export async function acceptPurchase(
  source: Source,
  requestId: string,
  request: PurchaseRequest,
  deps: AcceptDeps,
): Promise<Acceptance> {
  const purchaseId = purchaseIdOf(source.id, requestId);
  const started = performance.now();
  await setAlarm(deps, purchaseId, 1, 1);
  const milliseconds = Math.round((performance.now() - started) * 10) / 10;
  const first = firstTransition(purchaseId, source, requestId, request, { now: deps.now(), milliseconds });
  const etag = await deps.purchases.write(first, undefined);
  if (etag === undefined) return recognise(purchaseId, first.purchase.fingerprint, deps);
  deps.log('info', 'stage', { purchaseId, ...first.history });
  await sendPending(deps.bus, { ...first, etag });
  return { kind: 'accepted', purchaseId };
}

/** A purchase that is there already. If it has not moved yet, its first messages may never have been sent. */
async function recognise(purchaseId: string, asked: string, deps: AcceptDeps): Promise<Acceptance> {
  const stored: StoredPurchase | undefined = await deps.purchases.read(purchaseId);
  if (stored === undefined) throw new Error(`Purchase ${purchaseId} could neither be written nor read.`);
  if (stored.purchase.fingerprint !== asked) return { kind: 'conflict', purchaseId };
  if (stored.purchase.version === 1) await sendPending(deps.bus, stored);
  return { kind: 'accepted', purchaseId };
}

/** Pure: the row, the first message and the first event of a new purchase. */
export function firstTransition(
  purchaseId: string,
  source: Source,
  requestId: string,
  request: PurchaseRequest,
  { now, milliseconds }: { now: Date; milliseconds: number },
): Transition {
  const at = now.toISOString();
  const needsEnablement = placedLines(request).some(({ line }) => line.azureSubscriptionId !== undefined);
  const accepted: Purchase = {
    id: purchaseId,
    version: 1,
    source: { id: source.id, kind: source.kind, requestId },
    fingerprint: fingerprint(request),
    request,
    acceptedAt: at,
    updatedAt: at,
    status: 'open',
    stage: 'discovery',
    stageSince: at,
    attempts: {},
    answered: {},
    sequence: 1,
  };
  const { purchase, messages } = toStage(accepted, needsEnablement ? 'enablement' : 'discovery', at);
  return {
    purchase,
    pending: [{ kind: 'event', event: purchaseEvent('accepted', purchase) }, ...messages],
    history: {
      version: 1,
      at,
      stage: 'accept',
      attempt: 1,
      outcome: 'continue',
      note: `${placedLines(request).length} line(s) for customer ${request.customerId}`,
      milliseconds,
    },
  };
}
