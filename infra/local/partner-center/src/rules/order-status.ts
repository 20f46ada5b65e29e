import type { Order, OrderLine } from '#store/records';

/** Page "order-resources"; there is no failed order. `now` in milliseconds. */
export function orderStatus(order: Order, now: number): 'pending' | 'completed' | 'cancelled' {
  if (order.lines.every((line) => line.cancelled)) return 'cancelled';
  return order.completesAt <= now ? 'completed' : 'pending';
}

/** Page "get-order-provisioning-status". */
export function lineStatus(
  order: Order,
  line: OrderLine,
  now: number,
): 'PrefulfillmentPending' | 'Fulfilled' | 'Unfulfilled' {
  if (line.cancelled) return 'Unfulfilled';
  return order.completesAt <= now ? 'Fulfilled' : 'PrefulfillmentPending';
}
