import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chooseCheckoutStep } from '#functions/checkout/choose-checkout-step';
import { isCheckoutUnclear, type Purchase } from '#shared/domain/purchase';
import { cart, placedOrders, time } from '#test/support/arbitraries';
import { NOW, anIntent } from '#test/support/builders';

/** A purchase at checkout: begun or not, answered or not, of which some may be bought, with a cart that may be near its end. */
const state = fc
  .record(
    {
      checkoutIntent: fc.record({ answersBefore: fc.nat(2), startedAt: time, leaseEndsAt: time }).map(anIntent),
      orders: placedOrders,
      expiresAt: time,
    },
    { requiredKeys: [] },
  )
  .chain(({ expiresAt, ...rest }) =>
    fc.record({
      cart: cart.map((made) => (expiresAt === undefined ? made : { ...made, expiresAt })),
      changes: fc.nat(2).map((count) => ({ ...rest, answersByOperation: { 'checkout/cart-1': count } })),
    }),
  );

const isUnclear = (of: Purchase['cart'], changes: Pick<Purchase, 'checkoutIntent' | 'answersByOperation'>) =>
  isCheckoutUnclear({
    cart: of,
    checkoutIntent: changes.checkoutIntent,
    answersByOperation: changes.answersByOperation,
  });

test('while the outcome of a checkout is unclear, nothing is done but waiting for the lease and then looking', () => {
  fc.assert(
    fc.property(state, ({ cart: of, changes }) => {
      fc.pre(isUnclear(of, changes));
      const isLeased = new Date(changes.checkoutIntent?.leaseEndsAt ?? 0) > NOW;
      expect(chooseCheckoutStep(of, changes, NOW).kind).toBe(isLeased ? 'yield' : 'verify');
    }),
  );
});

test('a cart is sent unseen only if it never was, and replaced only if nothing of it is bought and it is at its end', () => {
  const kinds = new Set<string>();
  fc.assert(
    fc.property(state, ({ cart: of, changes }) => {
      const { kind } = chooseCheckoutStep(of, changes, NOW);
      kinds.add(kind);
      const orders = changes.orders ?? [];
      const secondsLeft = of.expiresAt === undefined ? Infinity : (Date.parse(of.expiresAt) - NOW.getTime()) / 1000;
      if (kind === 'send') expect(changes.checkoutIntent).toBeUndefined();
      if (kind === 'new-cart') expect(orders).toEqual([]);
      if (kind === 'settle') expect(orders).not.toEqual([]);
      if (kind === 'new-cart' || kind === 'settle') expect(secondsLeft).toBeLessThan(60);
      if (kind === 'send') expect(secondsLeft).toBeGreaterThanOrEqual(60);
    }),
    { numRuns: 1000 },
  );
  expect([...kinds].toSorted()).toEqual(['new-cart', 'send', 'settle', 'verify', 'yield']);
});
