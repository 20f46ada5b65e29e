import type { Bus } from '#shared/azure/bus';
import { purchaseEvent } from '#shared/domain/order-event';
import { fingerprint } from '#shared/domain/fingerprint';
import { purchaseIdOf } from '#shared/domain/ids';
import { placedLines, type PurchaseRequest } from '#shared/domain/purchase-request';
import type { Purchase } from '#shared/domain/purchase';
import type { Source } from '#shared/domain/requester';
import type { Log } from '#shared/log';
import type { LookAlike, LookAlikes } from '#shared/pipeline/possible-duplicates';
import { sendPending } from '#shared/pipeline/outbox';
import type { Purchases, StoredPurchase } from '#shared/pipeline/purchase-store';
import { toStage, type Transition } from '#shared/pipeline/transition';
import { setAlarm, type WatchDeps } from '#shared/pipeline/watchdog';

export interface AcceptDeps extends WatchDeps {
  bus: Bus;
  purchases: Purchases;
  log: Log;
  /** Absent: the guard against look-alikes is off. */
  lookAlikes?: LookAlikes | undefined;
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
  // What is known is recognised before anything is registered under its id.
  if (deps.lookAlikes && (await deps.purchases.read(purchaseId))) {
    return recognise(purchaseId, fingerprint(request), deps);
  }
  await setAlarm(deps, purchaseId, 1, 1);
  const milliseconds = Math.round((performance.now() - started) * 10) / 10;
  const lookAlike = await findLookAlike(purchaseId, request, deps);
  const first = firstTransition(purchaseId, source, requestId, request, { now: deps.now(), milliseconds }, lookAlike);
  const etag = await deps.purchases.write(first, undefined);
  if (etag === undefined) return recognise(purchaseId, first.purchase.fingerprint, deps);
  deps.log('info', 'stage', { purchaseId, ...first.history });
  await sendPending(deps.bus, { ...first, etag });
  if (lookAlike) await deps.purchases.clearPending(first.purchase, etag);
  return { kind: 'accepted', purchaseId };
}

/** A dry run buys nothing and is nobody's look-alike; one that is meant is written down all the same, for those after it. */
async function findLookAlike(
  purchaseId: string,
  request: PurchaseRequest,
  deps: AcceptDeps,
): Promise<LookAlike | undefined> {
  if (request.dryRun) return undefined;
  const found = await deps.lookAlikes?.register(purchaseId, request, deps.now());
  return request.isLookAlikeMeant ? undefined : found;
}

/** A purchase that is there already. If it has not moved yet, its first messages may never have been sent. */
async function recognise(purchaseId: string, asked: string, deps: AcceptDeps): Promise<Acceptance> {
  const stored: StoredPurchase | undefined = await deps.purchases.read(purchaseId);
  if (stored === undefined) throw new Error(`Purchase ${purchaseId} could neither be written nor read.`);
  if (stored.purchase.fingerprint !== asked) return { kind: 'conflict', purchaseId };
  if (stored.purchase.version === 1) await sendPending(deps.bus, stored);
  return { kind: 'accepted', purchaseId };
}

/**
 * Pure: the row, the first message and the first event of a new purchase. One that looks like another is held from the
 * start, with a pointer to the other; an operator's word lets it go on.
 */
export function firstTransition(
  purchaseId: string,
  source: Source,
  requestId: string,
  request: PurchaseRequest,
  { now, milliseconds }: { now: Date; milliseconds: number },
  lookAlike?: LookAlike,
): Transition {
  const at = now.toISOString();
  const lines = placedLines(request);
  const purchase: Purchase = {
    id: purchaseId,
    version: 1,
    source: { id: source.id, kind: source.kind, requestId },
    fingerprint: fingerprint(request),
    request,
    acceptedAt: at,
    updatedAt: at,
    status: 'open',
    stage: lines.some(({ line }) => line.azureSubscriptionId !== undefined) ? 'enablement' : 'discovery',
    stageSince: at,
    attempts: {},
    answered: {},
    sequence: 1,
  };
  const history = {
    version: 1,
    at,
    stage: 'accept' as const,
    attempt: 1,
    outcome: lookAlike ? 'held' : 'continue',
    note: `${lines.length} line(s) for customer ${request.customerId}`,
    milliseconds,
  };
  const accepted = { kind: 'event' as const, event: purchaseEvent('accepted', purchase) };
  if (lookAlike) {
    const held: Purchase = { ...purchase, status: 'held', sequence: 2, reason: reasonOf(lookAlike) };
    return { purchase: held, pending: [accepted, { kind: 'event', event: purchaseEvent('held', held) }], history };
  }
  const { purchase: begun, messages } = toStage(purchase, purchase.stage, at);
  return { purchase: begun, pending: [accepted, ...messages], history };
}

function reasonOf({ purchaseId, lineId, acceptedAt }: LookAlike) {
  return {
    code: 'look-alike',
    message: `Line ${lineId} asks for the same as purchase ${purchaseId} of ${acceptedAt}.`,
    advice:
      'Find out whether it was meant. If so, resume it, or send isLookAlikeMeant: true next time; else cancel it.',
  };
}
