import {
  chooseListed,
  judgeVerification,
  matchCandidates,
  type Evidence,
} from '#functions/checkout/judge-verification';
import type { Purchase, PurchaseCart } from '#shared/domain/purchase';
import type { Order } from '#shared/partner-center/resources/orders';
import type { StageOutcome } from '#shared/pipeline/stage';

/** What follows from a list of the customer's orders for a checkout whose answer was lost; nobody else has claimed any. */
export function judgeFound(
  purchase: Purchase,
  cart: PurchaseCart,
  orders: readonly Order[],
  now: Date,
  state: Evidence['cart'] = 'ordered',
): StageOutcome<'checkout'> {
  const known = purchase.orders ?? [];
  const listed = chooseListed(cart, matchCandidates(purchase, cart, known, orders), known);
  const verification = judgeVerification(purchase, cart, { cart: state, orders: known, listed }, now);
  if (verification.kind !== 'outcome') throw new Error(`no outcome, but ${verification.kind}`);
  return verification.outcome;
}
