import { checkoutCart, getCart } from '#shared/partner-center/resources/carts';
import { listOrders } from '#shared/partner-center/resources/orders';
import { checkoutOperation, isCheckoutUnclear, type Purchase, type PurchaseCart } from '#shared/domain/purchase';
import { outcomeOfRemedy } from '#shared/pipeline/error-policy';
import type { Stage, StageContext, StageOutcome } from '#shared/pipeline/stage';
import { chooseCheckoutStep } from './choose-checkout-step';
import { judgeFoundOrders, secondsUntilListed } from './judge-found-orders';
import { placedOutcome, judgeCheckoutResult } from './judge-checkout-result';
import { readOwnOrders } from './read-own-orders';

/** The lease outlasts the call by a tenth: whoever finds it over can be sure that the caller has given up. */
const LEASE_FACTOR = 1.1;

/**
 * Buys, once. The intent is written before the call; a delivery that finds an intent without an answer waits for its
 * lease to end, reads the cart, and goes on from what is true. Never a second cart while the first may have been ordered.
 */
export const checkoutStage: Stage<'checkout'> = {
  name: 'checkout',
  async run(purchase, context) {
    const { cart } = purchase;
    if (!cart) throw new Error(`Purchase ${purchase.id} has come to checkout without a cart.`);
    const step = chooseCheckoutStep(cart, purchase, context.now());
    switch (step.kind) {
      case 'yield':
        return { kind: 'yield', until: step.until, note: 'a checkout is under way' };
      case 'new-cart':
        return outcomeOfRemedy('refresh-catalogue', step.reason, purchase);
      case 'settle':
        return placedOutcome(step.orders, purchase.rejectedGroups ?? []);
      case 'send':
        return checkOut(purchase, cart, context);
      case 'verify':
        return verify(purchase, cart, context);
    }
  },
};

async function checkOut(
  purchase: Purchase,
  cart: PurchaseCart,
  context: StageContext,
): Promise<StageOutcome<'checkout'>> {
  const operation = checkoutOperation(cart.id);
  await intend(purchase, operation, context);
  const timeout = context.settings.checkoutTimeoutSeconds;
  const result = await context.effect(
    operation,
    (call) => checkoutCart(context.partnerCenter, purchase.request.customerId, cart.id, call, timeout),
    isCheckoutUnclear(purchase),
  );
  return judgeCheckoutResult(purchase, cart, result);
}

/** Takes over an intent whose lease is over, and reads the cart before it does anything. */
async function verify(
  purchase: Purchase,
  cart: PurchaseCart,
  context: StageContext,
): Promise<StageOutcome<'checkout'>> {
  const { customerId } = purchase.request;
  const present = await getCart(context.partnerCenter, customerId, cart.id, context.read());
  if (present.status !== 'ordered') return checkOut(purchase, cart, context);
  const own = await readOwnOrders(purchase, context);
  if (own.length > 0) return judgeFoundOrders(purchase, cart, own, context.now());
  // Until ours must be listed, an order that looks like ours may be somebody else's.
  const seconds = secondsUntilListed(purchase, context.now());
  if (seconds > 0) return { kind: 'retry', seconds, note: `cart ${cart.id} is ordered; its orders are not listed yet` };
  return judgeFoundOrders(
    purchase,
    cart,
    await listOrders(context.partnerCenter, customerId, {}, context.read()),
    context.now(),
  );
}

function intend(purchase: Purchase, operation: string, context: StageContext): Promise<void> {
  const now = context.now();
  const leaseEndsAt = new Date(now.getTime() + context.settings.checkoutTimeoutSeconds * LEASE_FACTOR * 1000);
  return context.intend(
    {
      checkoutIntent: {
        answersBefore: context.answersTo(operation),
        // The first of the attempts whose outcome is unclear: orders are searched from then on.
        startedAt: (isCheckoutUnclear(purchase) ? purchase.checkoutIntent?.startedAt : undefined) ?? now.toISOString(),
        leaseEndsAt: leaseEndsAt.toISOString(),
      },
    },
    `checking out cart ${purchase.cart?.id}`,
  );
}
