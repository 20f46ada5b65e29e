import type { PlacedOrder, Purchase } from '#shared/domain/purchase';
import type { Order } from '#shared/partner-center/orders';
import type { Outcome } from '#shared/pipeline/outcome';

/**
 * Where the purchase stands with what Partner Center says of its orders. There is no status for a failed order: one that
 * never completes ends at the stage's patience (page "Order resources").
 *
 * @param intervals seconds until the first, second, third look and so on; the last one repeats
 */
export function judgeOrders(purchase: Purchase, answers: Order[], intervals: number[]): Outcome {
  const orders = (purchase.orders ?? []).map((order) => updated(order, answers));
  const open = orders.filter(({ status }) => status === 'pending');
  if (open.length > 0) {
    const attempt = purchase.attempts.tracking ?? 1;
    return {
      kind: 'wait',
      seconds: intervals[Math.min(attempt, intervals.length) - 1] ?? 600,
      note: `pending: ${open.map(({ orderId }) => orderId).join(', ')}`,
      facts: { orders },
    };
  }
  const isPartial = (purchase.refusedGroups ?? []).length > 0 || orders.some(({ status }) => status === 'cancelled');
  return {
    kind: 'finish',
    status: isPartial ? 'partially-completed' : 'completed',
    note: orders.map(({ orderId, status }) => `order ${orderId} ${status}`).join(', '),
    facts: { orders },
  };
}

function updated(order: PlacedOrder, answers: Order[]): PlacedOrder {
  const answer = answers.find(({ id }) => id === order.orderId);
  if (!answer) return order;
  const subscriptions = answer.lineItems.flatMap(({ offerId, subscriptionId }) =>
    subscriptionId ? [{ offerId, subscriptionId }] : [],
  );
  return {
    ...order,
    status: answer.status === 'unknown' ? 'pending' : answer.status,
    lines: order.lines.map((line) => {
      const at = subscriptions.findIndex(({ offerId }) => offerId === line.catalogItemId);
      const subscriptionId =
        line.subscriptionId ?? (at < 0 ? undefined : subscriptions.splice(at, 1)[0]?.subscriptionId);
      return { ...line, ...(subscriptionId === undefined ? {} : { subscriptionId }) };
    }),
  };
}
