import {
  isCheckoutUnclear,
  type PlacedOrder,
  type Purchase,
  type PurchaseCart,
  type Reason,
} from '#shared/domain/purchase';

/** What to do with a cart at checkout. */
export type CheckoutStep =
  | { kind: 'send' }
  | { kind: 'verify' }
  | { kind: 'yield'; until: string }
  | { kind: 'new-cart'; reason: Reason }
  /** Part of it is bought, and the cart is at its end: what is missing can't be tried again. */
  | { kind: 'settle'; orders: PlacedOrder[] };

/** A cart this close to its end is not worth a try. */
const EXPIRY_MARGIN_SECONDS = 60;

/**
 * Pure. An intent is open until the request it was written for was answered. While it is open the outcome is unclear:
 * its lease is waited for, then the cart is read. A new cart is made only when no checkout of this one can have happened.
 */
export function chooseCheckoutStep(
  cart: PurchaseCart,
  {
    checkoutIntent,
    answersByOperation,
    orders = [],
  }: Pick<Purchase, 'checkoutIntent' | 'answersByOperation' | 'orders'>,
  now: Date,
): CheckoutStep {
  if (checkoutIntent !== undefined && isCheckoutUnclear({ cart, checkoutIntent, answersByOperation })) {
    const { leaseEndsAt } = checkoutIntent;
    return new Date(leaseEndsAt) > now ? { kind: 'yield', until: leaseEndsAt } : { kind: 'verify' };
  }
  const last = now.getTime() + EXPIRY_MARGIN_SECONDS * 1000;
  const isExpiring = cart.expiresAt !== undefined && Date.parse(cart.expiresAt) < last;
  // A cart that was checked out before, whatever the answer, is read before it is checked out again.
  if (!isExpiring) return { kind: checkoutIntent === undefined ? 'send' : 'verify' };
  if (orders.length > 0) return { kind: 'settle', orders };
  const message = `Cart ${cart.id} expires at ${cart.expiresAt}, before it could be checked out.`;
  const advice = 'Nothing was bought. Find out what keeps purchases so long before checkout, then resume this one.';
  return { kind: 'new-cart', reason: { code: 'cart-expired', message, advice } };
}
