import { expect, test } from '@jest/globals';
import { decideCheckout } from '#functions/checkout/choose-checkout-step';
import { aCart, aPlacedOrder, NOW } from '#test/support/builders';

const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000).toISOString();
const intent = { request: 0, startedAt: at(-10), leaseEndsAt: at(60) };

test('a cart that was never checked out is checked out', () => {
  expect(decideCheckout(aCart(), { answered: {} }, NOW)).toEqual({ kind: 'send' });
});

test('while the lease of an open intent lives, nobody else touches the cart', () => {
  expect(decideCheckout(aCart(), { checkout: intent, answered: {} }, NOW)).toEqual({ kind: 'postpone', until: at(60) });
});

test('an open intent whose lease is over is verified before anything else', () => {
  expect(decideCheckout(aCart(), { checkout: { ...intent, leaseEndsAt: at(-1) }, answered: {} }, NOW)).toEqual({
    kind: 'verify',
  });
});

test('a cart whose checkout was answered is looked at before it is checked out again', () => {
  expect(decideCheckout(aCart(), { checkout: intent, answered: { 'checkout/cart-1': 1 } }, NOW)).toEqual({
    kind: 'verify',
  });
});

test('answers to other carts close nothing', () => {
  expect(decideCheckout(aCart(), { checkout: intent, answered: { 'checkout/cart-0': 7 } }, NOW)).toMatchObject({
    kind: 'postpone',
  });
});

test('an expiring cart is replaced only when it can never have been ordered', () => {
  const expiring = aCart({ expiresAt: at(30) });
  expect(decideCheckout(expiring, { answered: {} }, NOW)).toMatchObject({ kind: 'new-cart' });
  expect(decideCheckout(expiring, { checkout: { ...intent, leaseEndsAt: at(-1) }, answered: {} }, NOW)).toEqual({
    kind: 'verify',
  });
});

test('an expiring cart of which a part is bought is never replaced: what is missing stays refused', () => {
  const orders = [aPlacedOrder()];
  const partly = { checkout: intent, answered: { 'checkout/cart-1': 1 }, orders };
  expect(decideCheckout(aCart({ expiresAt: at(30) }), partly, NOW)).toEqual({ kind: 'settle', orders });
});
