import { isCheckoutUnclear, type CheckoutIntent, type Purchase, type PurchaseCart } from '#shared/domain/purchase';

/** What to do with a cart at checkout. */
export type CheckoutDecision =
  { kind: 'send' } | { kind: 'verify' } | { kind: 'postpone'; until: string } | { kind: 'new-cart'; why: string };

/** A cart this close to its end is not worth a try. */
const EXPIRY_MARGIN_SECONDS = 60;

/**
 * Pure. An intent is open until the request it was written for was answered. While it is open the outcome is unclear:
 * its lease is waited for, then the cart is read. A new cart is made only when no checkout of this one can have happened.
 */
export function decideCheckout(
  cart: PurchaseCart,
  intent: CheckoutIntent | undefined,
  answered: Purchase['answered'],
  now: Date,
): CheckoutDecision {
  if (intent !== undefined && isCheckoutUnclear({ cart, checkout: intent, answered })) {
    return new Date(intent.leaseEndsAt) > now ? { kind: 'postpone', until: intent.leaseEndsAt } : { kind: 'verify' };
  }
  const isExpiring =
    cart.expiresAt !== undefined && Date.parse(cart.expiresAt) < now.getTime() + EXPIRY_MARGIN_SECONDS * 1000;
  return isExpiring ? { kind: 'new-cart', why: `cart ${cart.id} expires at ${cart.expiresAt}` } : { kind: 'send' };
}
