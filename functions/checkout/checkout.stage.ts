import { checkoutOperation, isCheckoutUnclear, type Purchase, type PurchaseCart } from '#shared/domain/purchase';
import { checkoutCart } from '#shared/partner-center/resources/carts';
import { outcomeOfRemedy } from '#shared/pipeline/error-policy';
import type { Stage, StageContext, StageOutcome } from '#shared/pipeline/stage';
import { buildIntent } from './build-intent';
import { chooseCheckoutStep } from './choose-checkout-step';
import { claimOrders } from './claim-orders';
import { isWholeAnswer, judgeCheckoutResult, placedOutcome } from './judge-checkout-result';
import { judgeVerification } from './judge-verification';
import { readEvidence, readListed } from './read-evidence';

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
        return placedOutcome(step.orders, step.rejectedGroups);
      case 'send':
        return checkOut(purchase, cart, context);
      case 'verify':
        return claimOrders(purchase, await verify(purchase, cart, context), context);
    }
  },
};

async function checkOut(
  purchase: Purchase,
  cart: PurchaseCart,
  context: StageContext,
): Promise<StageOutcome<'checkout'>> {
  const operation = checkoutOperation(cart.id);
  const previousOutcomeUnknown = isCheckoutUnclear({
    ...purchase,
    answersByOperation: { [operation]: context.answersTo(operation) },
  });
  const timeout = context.settings.checkoutTimeoutSeconds;
  const intent = buildIntent(purchase, previousOutcomeUnknown, context.answersTo(operation), context.now(), timeout);
  await context.intend({ checkoutIntent: intent }, `checking out cart ${cart.id}`);
  const result = await context.effect(
    operation,
    (call) => checkoutCart(context.partnerCenter, purchase.request.customerId, cart.id, call, timeout),
    { previousOutcomeUnknown, isAnswer: (answer) => isWholeAnswer(purchase, cart, answer, previousOutcomeUnknown) },
  );
  const intended = { ...purchase, checkoutIntent: intent };
  return claimOrders(purchase, judgeCheckoutResult(intended, cart, result, previousOutcomeUnknown), context);
}

/** Takes over an intent whose lease is over, and reads what is true before it does anything. */
async function verify(
  purchase: Purchase,
  cart: PurchaseCart,
  context: StageContext,
): Promise<StageOutcome<'checkout'>> {
  const evidence = await readEvidence(purchase, cart, context);
  let verification = judgeVerification(purchase, cart, evidence, context.now());
  if (verification.kind === 'read-list') {
    const listed = await readListed(purchase, cart, evidence.orders, context);
    verification = judgeVerification(purchase, cart, { ...evidence, listed }, context.now());
  }
  switch (verification.kind) {
    case 'outcome':
      return verification.outcome;
    case 'check-out':
      if (verification.isNew && isCheckoutUnclear(purchase)) context.closeOperation(checkoutOperation(cart.id));
      return checkOut({ ...purchase, orders: [...evidence.orders] }, cart, context);
    case 'read-list':
      throw new Error('A list that was read is not read again.');
  }
}
