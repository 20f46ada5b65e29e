import type { Bus } from '#shared/azure/bus';
import { fingerprint } from '#shared/domain/fingerprint';
import { purchaseIdOf } from '#shared/domain/ids';
import { placedLines, type PurchaseRequest } from '#shared/domain/purchase-request';
import type { Purchase } from '#shared/domain/purchase';
import type { EventOf } from '#shared/domain/purchase-events';
import type { Requester } from '#shared/domain/requester';
import type { Log } from '#shared/log';
import type { PossibleDuplicate, PossibleDuplicates } from '#shared/pipeline/possible-duplicates';
import { sendPending } from '#shared/pipeline/outbox';
import type { PurchaseStore, StoredPurchase } from '#shared/pipeline/purchase-store';
import { pendingEvents, toStage, type Transition } from '#shared/pipeline/transition';
import { scheduleWatchdog, type WatchdogDeps } from '#shared/pipeline/watchdog';

export interface AcceptDeps extends WatchdogDeps {
  bus: Bus;
  purchases: PurchaseStore;
  log: Log;
  /** Absent: the guard against possible duplicates is off. */
  possibleDuplicates?: PossibleDuplicates | undefined;
}

/** `accepted` for the first delivery and every repetition of it; `conflict` for the same id with other content. */
export type Acceptance = { kind: 'accepted'; purchaseId: string } | { kind: 'conflict'; purchaseId: string };

/**
 * Takes a purchase in, once. The order matters: the watchdog, then the row, then the first messages; after a crash
 * anywhere in between, either the sender has no answer and asks again, or the watchdog finds the row.
 */
export async function acceptPurchase(
  requester: Requester,
  requestId: string,
  request: PurchaseRequest,
  deps: AcceptDeps,
): Promise<Acceptance> {
  const purchaseId = purchaseIdOf(requester.id, requestId);
  const started = performance.now();
  // What is known is recognised before anything is registered under its id.
  if (deps.possibleDuplicates && (await deps.purchases.read(purchaseId))) {
    return recognise(purchaseId, fingerprint(request), deps);
  }
  await scheduleWatchdog(deps, purchaseId, 1, 1);
  const milliseconds = Math.round((performance.now() - started) * 10) / 10;
  const possibleDuplicate = await findPossibleDuplicate(purchaseId, request, deps);
  const first = firstTransition(
    purchaseId,
    requester,
    requestId,
    request,
    { now: deps.now(), milliseconds },
    possibleDuplicate,
  );
  const etag = await deps.purchases.write(first, undefined);
  if (etag === undefined) return recognise(purchaseId, first.purchase.fingerprint, deps);
  deps.log('info', 'stage', { purchaseId, ...first.history });
  await sendPending(deps.bus, { ...first, etag });
  if (possibleDuplicate) await deps.purchases.clearPending(first.purchase, etag);
  return { kind: 'accepted', purchaseId };
}

/** A dry run buys nothing and duplicates nothing; an intended duplicate is registered all the same, for those after it. */
async function findPossibleDuplicate(
  purchaseId: string,
  request: PurchaseRequest,
  deps: AcceptDeps,
): Promise<PossibleDuplicate | undefined> {
  if (request.dryRun) return undefined;
  const found = await deps.possibleDuplicates?.register(purchaseId, request, deps.now());
  return request.allowDuplicate ? undefined : found;
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
 * Pure: the row, the first message and the first event of a new purchase. A possible duplicate is held from the
 * start, with a pointer to the other; it goes on when an operator resumes it.
 */
export function firstTransition(
  purchaseId: string,
  requester: Requester,
  requestId: string,
  request: PurchaseRequest,
  { now, milliseconds }: { now: Date; milliseconds: number },
  possibleDuplicate?: PossibleDuplicate,
): Transition {
  const at = now.toISOString();
  const lines = placedLines(request);
  const purchase: Purchase = {
    id: purchaseId,
    version: 1,
    requester: { id: requester.id, kind: requester.kind, requestId },
    fingerprint: fingerprint(request),
    request,
    acceptedAt: at,
    updatedAt: at,
    status: 'open',
    stage: lines.some(({ line }) => line.azureSubscriptionId !== undefined) ? 'enablement' : 'discovery',
    stageSince: at,
    attempts: {},
    answersByOperation: {},
    sequence: 1,
  };
  const history = {
    version: 1,
    at,
    stage: 'accept' as const,
    attempt: 1,
    outcome: possibleDuplicate ? 'hold' : 'advance',
    note: `${lines.length} line(s) for customer ${request.customerId}`,
    milliseconds,
  };
  const accepted: EventOf = { about: 'purchase', name: 'accepted' };
  if (possibleDuplicate) {
    const held: Purchase = { ...purchase, status: 'held', sequence: 2, reason: reasonOf(possibleDuplicate) };
    return { purchase: held, pending: pendingEvents([accepted, { about: 'purchase', name: 'held' }], 0), history };
  }
  const { purchase: begun, messages } = toStage(purchase, purchase.stage, at);
  return { purchase: begun, pending: [...pendingEvents([accepted], 0), ...messages], history };
}

function reasonOf({ purchaseId, lineId, acceptedAt }: PossibleDuplicate) {
  return {
    code: 'possible-duplicate',
    message: `Line ${lineId} asks for the same as purchase ${purchaseId} of ${acceptedAt}.`,
    advice: 'Find out whether it was meant. If so, resume it, or send allowDuplicate: true next time; else cancel it.',
  };
}
