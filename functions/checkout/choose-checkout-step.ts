import {
  isCheckoutUnclear,
  type PlacedOrder,
  type Purchase,
  type PurchaseCart,
  type Reason,
  type RejectedGroup,
} from '#shared/domain/purchase';
import { linesOf, openGroups } from './match-orders';

/** What to do with a cart at checkout. */
export type CheckoutStep =
  | { readonly kind: 'send' }
  | { readonly kind: 'verify' }
  | { readonly kind: 'yield'; readonly until: string }
  | { readonly kind: 'new-cart'; readonly reason: Reason }
  /** Part of it is bought, and the cart is at its end: what is missing can't be tried again. */
  | { readonly kind: 'settle'; readonly orders: PlacedOrder[]; readonly rejectedGroups: RejectedGroup[] };

/** A cart this close to its end is not worth a try. */
const EXPIRY_MARGIN_SECONDS = 60;

/**
 * Pure. An intent is open until the request it was written for was answered. While it is open the outcome is unclear:
 * its lease is waited for, then the cart is read. A new cart is made only when no checkout of this one can have happened.
 */
export function chooseCheckoutStep(
  cart: PurchaseCart,
  purchase: Pick<Purchase, 'checkoutIntent' | 'answersByOperation' | 'orders' | 'rejectedGroups'>,
  now: Date,
): CheckoutStep {
  const { checkoutIntent, answersByOperation, orders = [] } = purchase;
  if (checkoutIntent !== undefined && isCheckoutUnclear({ cart, checkoutIntent, answersByOperation })) {
    const { leaseEndsAt } = checkoutIntent;
    return new Date(leaseEndsAt) > now ? { kind: 'yield', until: leaseEndsAt } : { kind: 'verify' };
  }
  const last = now.getTime() + EXPIRY_MARGIN_SECONDS * 1000;
  const isExpiring = cart.expiresAt !== undefined && Date.parse(cart.expiresAt) < last;
  // A cart that was checked out before, whatever the answer, is read before it is checked out again.
  if (!isExpiring) return { kind: checkoutIntent === undefined ? 'send' : 'verify' };
  const message = `Cart ${cart.id} expires at ${cart.expiresAt}, before it could be checked out.`;
  if (orders.length > 0) {
    const advice = 'Ask for these lines again with a new request.';
    return {
      kind: 'settle',
      orders,
      rejectedGroups: missingGroups(cart, purchase, { code: 'cart-expired', message, advice }),
    };
  }
  const advice = 'Nothing was bought. Find out what keeps purchases so long before checkout, then resume this one.';
  return { kind: 'new-cart', reason: { code: 'cart-expired', message, advice } };
}

/** Every group without an order, with its own reason where Partner Center gave one. */
function missingGroups(
  cart: PurchaseCart,
  { orders = [], rejectedGroups = [] }: Pick<Purchase, 'orders' | 'rejectedGroups'>,
  reason: Reason,
): RejectedGroup[] {
  return openGroups(cart, orders).map(
    (orderGroup) =>
      rejectedGroups.find((group) => group.orderGroup === orderGroup) ?? {
        orderGroup,
        lineIds: linesOf(cart, orderGroup).map(({ lineId }) => lineId),
        reason,
      },
  );
}
