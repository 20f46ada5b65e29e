import { describeOrder, meaningOf, reasonOfOrder } from '#shared/domain/order-status';
import {
  hasLiveLine,
  isOpenOrder,
  type PlacedOrder,
  type Purchase,
  type PurchaseChanges,
  type Reason,
} from '#shared/domain/purchase';
import type { Complete, Hold, Retry } from '#shared/pipeline/outcome';
import type { CancelledOrders } from './cancel-orders';
import { mergePoll, type Poll } from './merge-poll';

/** How tracking ends, always with the orders as they are known by then. */
type Tracked = (Complete | Retry | Hold) & { readonly changes: PurchaseChanges & { readonly orders: PlacedOrder[] } };

/** How long an order may have a status that is new to us before a person should look at it. */
const UNKNOWN_STATUS_SECONDS = 60 * 60;
const CANCEL_POLL_SECONDS = 30;

/**
 * Where the purchase stands with what Partner Center says of its orders; shared/domain/order-status.ts says what each
 * status comes to. Orders that go on by themselves within minutes are followed before one that needs a person holds the
 * purchase. One that never completes ends at the stage time-out.
 *
 * @param intervals seconds until the first, second, third poll and so on; the last one repeats
 */
export function judgeOrders(purchase: Purchase, polls: Poll[], intervals: readonly number[], now: Date): Tracked {
  const orders = (purchase.orders ?? []).map((known) => {
    const poll = polls.find(({ orderId }) => orderId === known.orderId);
    return poll === undefined ? known : mergePoll(known, poll);
  });
  const changes = { orders };
  const open = orders.filter((order) => isOpenOrder(order, purchase.offers));
  const reason = objectionTo(open, purchase, now);
  if (reason) return { kind: 'hold', reason, changes };
  if (open.length > 0) {
    const attempt = purchase.attempts.tracking ?? 1;
    return {
      kind: 'retry',
      seconds: intervals[Math.min(attempt, intervals.length) - 1] ?? 600,
      note: open.map(describeOpen).join(', '),
      changes,
    };
  }
  const notRead = polls.flatMap(({ provisioning }) =>
    provisioning?.kind === 'not-read' ? [`not read: ${provisioning.what}`] : [],
  );
  const short = orders.filter(({ status }) => SHORT.has(meaningOf(status).kind));
  return {
    kind: 'complete',
    status: endingOf(purchase, orders),
    note: [...orders.map(({ orderId, status }) => `order ${orderId} ${status}`), ...new Set(notRead)].join(', '),
    ...(short.length > 0 ? { reason: togetherOf(short) } : {}),
    changes,
  };
}

/** A cancellation whose outcome is not known keeps the purchase open; one that was refused is told. */
export function withCancellation(outcome: Tracked, { cancellation, refusal }: CancelledOrders): Tracked {
  const changes = { ...outcome.changes, cancellation };
  if (cancellation !== undefined) {
    const note = `not known yet: whether order ${cancellation.sent?.orderId} is cancelled`;
    return { kind: 'retry', seconds: CANCEL_POLL_SECONDS, note, changes };
  }
  if (refusal === undefined) return { ...outcome, changes };
  if (outcome.kind !== 'hold') return { ...outcome, note: `${outcome.note}; not cancelled: ${refusal}`, changes };
  const message = `${outcome.reason.message} Not cancelled: ${refusal}`;
  return { ...outcome, reason: { ...outcome.reason, message }, changes };
}

/** Statuses that say that something which was ordered will not come. */
const SHORT: ReadonlySet<string> = new Set(['failed', 'delivered-in-part']);

/** Why a person must look at the open orders, or undefined while waiting is enough. */
function objectionTo(open: PlacedOrder[], purchase: Purchase, now: Date): Reason | undefined {
  const isSoonOver = ({ status }: PlacedOrder) =>
    status === 'pending' || meaningOf(status).kind.startsWith('delivered');
  if (open.some(isSoonOver)) return undefined;
  const waited = (now.getTime() - Date.parse(purchase.stageSince)) / 1000;
  const stuck = open.filter(
    ({ status }) =>
      meaningOf(status).kind === 'needs-person' || (status === 'unknown' && waited >= UNKNOWN_STATUS_SECONDS),
  );
  return stuck.length === 0 ? undefined : togetherOf(stuck);
}

/** The reasons of several orders as one: the code of the first, and what is to be done about each. */
function togetherOf(orders: PlacedOrder[]): Reason {
  const reasons = orders.map(reasonOfOrder);
  return {
    code: reasons[0]?.code ?? 'order-unknown',
    message: reasons.map(({ message }) => message).join(' '),
    advice: [...new Set(reasons.map(({ advice }) => advice))].join(' '),
  };
}

function describeOpen(order: PlacedOrder): string {
  if (order.status === 'pending') return `pending: ${order.orderId}`;
  if (!meaningOf(order.status).kind.startsWith('delivered')) return describeOrder(order);
  const isProvisioned = order.lines.every(({ provisioning }) => provisioning !== 'pending');
  return `completed, ${isProvisioned ? 'without its subscription yet' : 'not yet provisioned'}: ${order.orderId}`;
}

/**
 * Orders may be cancelled without Cartage, and may fail at Microsoft; when nothing is left of any, the purchase is
 * cancelled too, or failed if a single one has failed.
 */
function endingOf({ rejectedGroups = [] }: Purchase, orders: PlacedOrder[]): Complete['status'] {
  const hasFailed = orders.some(({ status }) => meaningOf(status).kind === 'failed');
  if (!orders.some(hasLiveLine)) return hasFailed ? 'failed' : 'cancelled';
  const isCut = ({ status, lines }: PlacedOrder) =>
    meaningOf(status).kind !== 'delivered' || lines.some(({ provisioning }) => provisioning === 'unfulfilled');
  return rejectedGroups.length > 0 || orders.some(isCut) ? 'partially-completed' : 'completed';
}
