import { meaningOf } from '#shared/domain/order-status';
import { isCheckoutUnclear, type Purchase } from '#shared/domain/purchase';

/** How a purchase can be cancelled: as it is, by cancelling orders first, or not at all. */
export type CancelDecision =
  | { readonly kind: 'at-once' }
  | { readonly kind: 'orders-first'; readonly orderIds: string[] }
  | { readonly kind: 'no'; readonly why: string };

/** Pure. Before checkout always; after it only through Partner Center, which knows its own window; never in between. */
export function judgeCancel(purchase: Purchase, now: Date): CancelDecision {
  const { status, stage, cancellation, checkoutIntent } = purchase;
  if (status === 'quoted' || status === 'rejected' || status === 'failed' || status === 'cancelled')
    return { kind: 'no', why: `The purchase is ${status}.` };
  if (cancellation !== undefined) return { kind: 'no', why: 'The purchase is being cancelled.' };
  if (isCheckoutUnclear(purchase)) {
    const leaseEndsAt = new Date(checkoutIntent?.leaseEndsAt ?? now);
    const again = leaseEndsAt > now ? leaseEndsAt : new Date(now.getTime() + LOOK_AGAIN_SECONDS * 1000);
    return {
      kind: 'no',
      why: `Whether the checkout has bought is not known yet. Look again at ${again.toISOString()}; a held purchase has to be resumed first.`,
    };
  }
  const orders = (purchase.orders ?? []).filter(({ status: word }) => !OVER.has(meaningOf(word).kind));
  if (orders.length === 0) {
    const isOver = status === 'completed' || status === 'partially-completed';
    return isOver ? { kind: 'no', why: 'Nothing is left to cancel.' } : { kind: 'at-once' };
  }
  if (status === 'open' && stage !== 'tracking') {
    return { kind: 'no', why: 'Order groups that failed are being tried again. Wait until that is over.' };
  }
  return { kind: 'orders-first', orderIds: orders.map(({ orderId }) => orderId) };
}

const LOOK_AGAIN_SECONDS = 60;
const OVER: ReadonlySet<string> = new Set(['withdrawn', 'failed']);
