import { expect, test } from '@jest/globals';
import { chooseCheckoutStep } from '#functions/checkout/choose-checkout-step';
import { aCart, aPlacedOrder, NOW, anIntent } from '#test/support/builders';

const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000).toISOString();
const intent = anIntent({ startedAt: at(-10), leaseEndsAt: at(60) });

test('a cart that was never checked out is checked out', () => {
  expect(chooseCheckoutStep(aCart(), { answersByOperation: {} }, NOW)).toEqual({ kind: 'send' });
});

test('while the lease of an open intent lives, nobody else touches the cart', () => {
  expect(chooseCheckoutStep(aCart(), { checkoutIntent: intent, answersByOperation: {} }, NOW)).toEqual({
    kind: 'yield',
    until: at(60),
  });
});

test('an open intent whose lease is over is verified before anything else', () => {
  expect(
    chooseCheckoutStep(aCart(), { checkoutIntent: { ...intent, leaseEndsAt: at(-1) }, answersByOperation: {} }, NOW),
  ).toEqual({
    kind: 'verify',
  });
});

test('a cart whose checkout was answered is looked at before it is checked out again', () => {
  expect(
    chooseCheckoutStep(aCart(), { checkoutIntent: intent, answersByOperation: { 'checkout/cart-1': 1 } }, NOW),
  ).toEqual({
    kind: 'verify',
  });
});

test('answers to other carts close nothing', () => {
  expect(
    chooseCheckoutStep(aCart(), { checkoutIntent: intent, answersByOperation: { 'checkout/cart-0': 7 } }, NOW),
  ).toMatchObject({
    kind: 'yield',
  });
});

test('an expiring cart is replaced only when it can never have been ordered', () => {
  const expiring = aCart({ expiresAt: at(30) });
  expect(chooseCheckoutStep(expiring, { answersByOperation: {} }, NOW)).toMatchObject({ kind: 'new-cart' });
  expect(
    chooseCheckoutStep(expiring, { checkoutIntent: { ...intent, leaseEndsAt: at(-1) }, answersByOperation: {} }, NOW),
  ).toEqual({
    kind: 'verify',
  });
});

test('an expiring cart of which a part is bought is never replaced: what is missing stays rejected', () => {
  const orders = [aPlacedOrder()];
  const partly = { checkoutIntent: intent, answersByOperation: { 'checkout/cart-1': 1 }, orders };
  expect(chooseCheckoutStep(aCart({ expiresAt: at(30) }), partly, NOW)).toEqual({
    kind: 'settle',
    orders,
    rejectedGroups: [],
  });
});
