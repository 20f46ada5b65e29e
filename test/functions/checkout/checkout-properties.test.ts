import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideCheckout } from '#functions/checkout/decide-checkout';
import { readOutcome } from '#functions/checkout/read-outcome';
import { isCheckoutUnclear } from '#shared/domain/purchase';
import { aCart, anOrder, aPlacedOrder, aPurchase, NOW } from '#test/support/builders';

const GROUPS = ['0', '1', '2'];
const itemOf = (group: string) => `P${group}:0001:AV1`;
const cart = aCart({
  lines: GROUPS.map((orderGroup, at) => ({
    lineId: `${at + 1}`,
    catalogItemId: itemOf(orderGroup),
    quantity: 1,
    orderGroup,
  })),
});
const code = fc.constantFrom('800005', '800060', '800066', '800023', '800028', '999999');

test('whatever a checkout answers, no order is lost, and nothing that was bought is called refused', () => {
  const fate = fc.oneof(fc.constant('ordered'), fc.constant('missing'), code);
  const fates = fc.tuple(fate, fate, fate);
  fc.assert(
    fc.property(fates, fc.integer({ min: 0, max: 5 }), (all, answered) => {
      const ordered = GROUPS.filter((_, at) => all[at] === 'ordered');
      const failed = GROUPS.flatMap((group, at) =>
        /^\d+$/.test(all[at] ?? '') ? [{ orderGroupId: group, code: all[at] }] : [],
      );
      const orders = ordered.map((group) => anOrder(`order-${group}`, [[itemOf(group), 1]]));
      const purchase = aPurchase({ stage: 'checkout', cart, answered: { 'checkout/cart-1': answered } });
      const outcome = readOutcome(purchase, cart, { orders, orderErrors: failed });
      const kept = 'facts' in outcome ? (outcome.facts?.orders ?? []) : [];
      expect(kept.map(({ orderId }) => orderId)).toEqual(orders.map(({ id }) => id));
      if (outcome.kind === 'refused') expect(orders).toEqual([]);
      if (outcome.kind === 'continue') expect(ordered.length + failed.length).toBe(GROUPS.length);
    }),
  );
});

test('a cart is never checked out blindly twice, and never replaced while it may have been ordered', () => {
  const seconds = fc.integer({ min: -1000, max: 1000 });
  const at = (offset: number) => new Date(NOW.getTime() + offset * 1000).toISOString();
  const intent = fc.record({ request: fc.integer({ min: 0, max: 3 }), lease: seconds });
  fc.assert(
    fc.property(
      fc.option(intent),
      fc.integer({ min: 0, max: 3 }),
      seconds,
      fc.boolean(),
      (begun, answered, life, isPartly) => {
        const expiring = aCart({ expiresAt: at(life) });
        const state = {
          answered: { 'checkout/cart-1': answered },
          ...(begun
            ? { checkout: { request: begun.request, startedAt: at(-2000), leaseEndsAt: at(begun.lease) } }
            : {}),
          ...(isPartly ? { orders: [aPlacedOrder()] } : {}),
        };
        const { kind } = decideCheckout(expiring, state, NOW);
        const mayHaveOrdered =
          isPartly || (begun !== null && isCheckoutUnclear({ cart: expiring, ...state, checkout: state.checkout }));
        if (kind === 'send') expect(begun).toBeNull();
        if (kind === 'new-cart') expect(mayHaveOrdered).toBe(false);
        if (kind === 'postpone') expect(begun?.lease).toBeGreaterThan(0);
      },
    ),
  );
});
