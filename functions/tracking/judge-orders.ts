import { hasLiveLine, type PlacedOrder, type Purchase } from '#shared/domain/purchase';
import type { Finish, Wait } from '#shared/pipeline/outcome';
import { isOpen, updateOrder, type Look } from './merge-poll';

/**
 * Where the purchase stands with what Partner Center says of its orders. There is no status for a failed order: one that
 * never completes ends at the stage's patience (page "Order resources").
 *
 * @param intervals seconds until the first, second, third look and so on; the last one repeats
 */
export function judgeOrders(
  purchase: Purchase,
  looks: Look[],
  intervals: number[],
): (Finish | Wait) & { facts: { orders: PlacedOrder[] } } {
  const orders = (purchase.orders ?? []).map((known) => {
    const look = looks.find(({ orderId }) => orderId === known.orderId);
    return look === undefined ? known : updateOrder(known, look);
  });
  const facts = { orders };
  const open = orders.filter(isOpen);
  if (open.length > 0) {
    const attempt = purchase.attempts.tracking ?? 1;
    return {
      kind: 'wait',
      seconds: intervals[Math.min(attempt, intervals.length) - 1] ?? 600,
      note: open.map(describeOpen).join(', '),
      facts,
    };
  }
  const notRead = looks.flatMap(({ provisioning }) =>
    provisioning !== undefined && 'notRead' in provisioning ? [`not read: ${provisioning.notRead}`] : [],
  );
  return {
    kind: 'finish',
    status: endingOf(purchase, orders),
    note: [...orders.map(({ orderId, status }) => `order ${orderId} ${status}`), ...new Set(notRead)].join(', '),
    facts,
  };
}

function describeOpen({ orderId, status }: PlacedOrder): string {
  return status === 'pending' ? `pending: ${orderId}` : `completed, not yet provisioned: ${orderId}`;
}

/** Orders may be cancelled without Cartage; when nothing is left of any, the purchase is cancelled too. */
function endingOf({ refusedGroups = [] }: Purchase, orders: PlacedOrder[]): Finish['status'] {
  if (!orders.some(hasLiveLine)) return 'cancelled';
  const isCut = ({ status, lines }: PlacedOrder) =>
    status === 'cancelled' || lines.some(({ provisioning }) => provisioning === 'unfulfilled');
  return refusedGroups.length > 0 || orders.some(isCut) ? 'partially-completed' : 'completed';
}
