import {
  hasLiveLine,
  isOpenOrder,
  type PlacedOrder,
  type Purchase,
  type PurchaseChanges,
} from '#shared/domain/purchase';
import type { Complete, Retry } from '#shared/pipeline/outcome';
import type { CancelledOrders } from './cancel-orders';
import { mergePoll, type Poll } from './merge-poll';

/** How tracking ends, always with the orders as they are known by then. */
type Tracked = (Complete | Retry) & { readonly changes: PurchaseChanges & { readonly orders: PlacedOrder[] } };

const CANCEL_POLL_SECONDS = 30;

/**
 * Where the purchase stands with what Partner Center says of its orders. There is no status for a failed order: one that
 * never completes ends at the stage time-out (page "Order resources").
 *
 * @param intervals seconds until the first, second, third poll and so on; the last one repeats
 */
export function judgeOrders(purchase: Purchase, polls: Poll[], intervals: readonly number[]): Tracked {
  const orders = (purchase.orders ?? []).map((known) => {
    const poll = polls.find(({ orderId }) => orderId === known.orderId);
    return poll === undefined ? known : mergePoll(known, poll);
  });
  const changes = { orders };
  const open = orders.filter(isOpenOrder);
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
  return {
    kind: 'complete',
    status: endingOf(purchase, orders),
    note: [...orders.map(({ orderId, status }) => `order ${orderId} ${status}`), ...new Set(notRead)].join(', '),
    changes,
  };
}

/** A cancellation whose outcome is not known keeps the purchase open; one that was refused is noted. */
export function withCancellation(outcome: Tracked, { cancellation, refusal }: CancelledOrders): Tracked {
  const note = refusal === undefined ? outcome.note : `${outcome.note}; not cancelled: ${refusal}`;
  const changes = { ...outcome.changes, cancellation };
  if (cancellation === undefined) return { ...outcome, note, changes };
  const waiting = `not known yet: whether order ${cancellation.sent?.orderId} is cancelled`;
  return { kind: 'retry', seconds: CANCEL_POLL_SECONDS, note: waiting, changes };
}

function describeOpen({ orderId, status }: PlacedOrder): string {
  return status === 'pending' ? `pending: ${orderId}` : `completed, not yet provisioned: ${orderId}`;
}

/** Orders may be cancelled without Cartage; when nothing is left of any, the purchase is cancelled too. */
function endingOf({ rejectedGroups = [] }: Purchase, orders: PlacedOrder[]): Complete['status'] {
  if (!orders.some(hasLiveLine)) return 'cancelled';
  const isCut = ({ status, lines }: PlacedOrder) =>
    status === 'cancelled' || lines.some(({ provisioning }) => provisioning === 'unfulfilled');
  return rejectedGroups.length > 0 || orders.some(isCut) ? 'partially-completed' : 'completed';
}
