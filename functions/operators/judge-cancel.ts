import { isCheckoutUnclear, type PlacedOrder, type Purchase } from '#shared/domain/purchase';

/** How a purchase can be cancelled: as it is, by cancelling orders first, or not at all. */
export type CancelDecision =
  { kind: 'at-once' } | { kind: 'orders-first'; orders: PlacedOrder[] } | { kind: 'no'; why: string };

/** Pure. Before checkout always; after it only through Partner Center, which knows its own window; never in between. */
export function judgeCancel(purchase: Purchase): CancelDecision {
  const { status } = purchase;
  if (status === 'quoted' || status === 'rejected' || status === 'failed' || status === 'cancelled')
    return { kind: 'no', why: `The purchase is ${status}.` };
  if (isCheckoutUnclear(purchase)) {
    return {
      kind: 'no',
      why: 'A checkout is under way or its outcome is unclear. Resume the purchase first, or wait until it is over.',
    };
  }
  if (status === 'open' && purchase.stage === 'checkout' && (purchase.orders ?? []).length > 0) {
    return { kind: 'no', why: 'Order groups that failed are being tried again. Wait until that is over.' };
  }
  const orders = (purchase.orders ?? []).filter((order) => order.status !== 'cancelled');
  return orders.length === 0 ? { kind: 'at-once' } : { kind: 'orders-first', orders };
}
