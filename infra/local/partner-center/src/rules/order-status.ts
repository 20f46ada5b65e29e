import type { Order, OrderLine } from '#store/records';

/** Page "order-resources": as the order went, or as it was asked for. `now` in milliseconds. */
export function orderStatus(order: Order, now: number): string {
  if (order.lines.every((line) => line.cancelled)) return 'cancelled';
  return order.status ?? (order.completesAt <= now ? 'completed' : 'pending');
}

/** Statuses in which something was delivered. */
const DELIVERED = new Set(['completed', 'partial_success']);

/** Whether what was ordered is there: its subscriptions, its entitlements. */
export function isDelivered(order: Order, now: number): boolean {
  return order.completesAt <= now && DELIVERED.has(order.status ?? 'completed');
}

/** Page "get-order-provisioning-status". */
export function lineStatus(
  order: Order,
  line: OrderLine,
  now: number,
): 'PrefulfillmentPending' | 'Fulfilled' | 'Unfulfilled' {
  if (line.cancelled || line.unfulfilled) return 'Unfulfilled';
  return isDelivered(order, now) ? 'Fulfilled' : 'PrefulfillmentPending';
}
