import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideCheckout } from '#functions/checkout/choose-checkout-step';
import { isCheckoutUnclear, type Purchase } from '#shared/domain/purchase';
import { cart, placedOrders, time } from '#test/support/arbitraries';
import { NOW } from '#test/support/builders';

/** A purchase at checkout: begun or not, answered or not, of which some may be bought, with a cart that may be near its end. */
const state = fc
  .record(
    {
      checkout: fc.record({ request: fc.nat(2), startedAt: time, leaseEndsAt: time }),
      orders: placedOrders,
      expiresAt: time,
    },
    { requiredKeys: [] },
  )
  .chain(({ expiresAt, ...rest }) =>
    fc.record({
      cart: cart.map((made) => (expiresAt === undefined ? made : { ...made, expiresAt })),
      facts: fc.nat(2).map((count) => ({ ...rest, answered: { 'checkout/cart-1': count } })),
    }),
  );

const isUnclear = (of: Purchase['cart'], facts: Pick<Purchase, 'checkout' | 'answered'>) =>
  isCheckoutUnclear({ cart: of, checkout: facts.checkout, answered: facts.answered });

test('while the outcome of a checkout is unclear, nothing is done but waiting for the lease and then looking', () => {
  fc.assert(
    fc.property(state, ({ cart: of, facts }) => {
      fc.pre(isUnclear(of, facts));
      const isLeased = new Date(facts.checkout?.leaseEndsAt ?? 0) > NOW;
      expect(decideCheckout(of, facts, NOW).kind).toBe(isLeased ? 'postpone' : 'verify');
    }),
  );
});

test('a cart is sent unseen only if it never was, and replaced only if nothing of it is bought and it is at its end', () => {
  const kinds = new Set<string>();
  fc.assert(
    fc.property(state, ({ cart: of, facts }) => {
      const { kind } = decideCheckout(of, facts, NOW);
      kinds.add(kind);
      const orders = facts.orders ?? [];
      const secondsLeft = of.expiresAt === undefined ? Infinity : (Date.parse(of.expiresAt) - NOW.getTime()) / 1000;
      if (kind === 'send') expect(facts.checkout).toBeUndefined();
      if (kind === 'new-cart') expect(orders).toEqual([]);
      if (kind === 'settle') expect(orders).not.toEqual([]);
      if (kind === 'new-cart' || kind === 'settle') expect(secondsLeft).toBeLessThan(60);
      if (kind === 'send') expect(secondsLeft).toBeGreaterThanOrEqual(60);
    }),
    { numRuns: 1000 },
  );
  expect([...kinds].toSorted()).toEqual(['new-cart', 'postpone', 'send', 'settle', 'verify']);
});
