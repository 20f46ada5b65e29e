import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeCheckoutResult } from '#functions/checkout/judge-checkout-result';
import { secondsUntilListed } from '#functions/checkout/judge-verification';
import { UNMATCHED_GROUP, type PlacedOrder, type Purchase, type PurchaseCart } from '#shared/domain/purchase';
import type { Order } from '#shared/partner-center/resources/orders';
import type { Outcome } from '#shared/pipeline/outcome';
import { anyOrder, cart, contentsOf, groupsOf, linesOf, orderOf, placedOrderOf } from '#test/support/arbitraries';
import { anOrder, aPurchase, NOW, anIntent } from '#test/support/builders';
import { judgeFound } from './judge-found';

/** Which order is whose: after an answer to a checkout, and when its answer was lost. */

const BEGUN = NOW.getTime();
const SKEW = 60_000;
const after = (seconds: number) => new Date(BEGUN + seconds * 1000);

interface Situation {
  purchase: Purchase;
  cart: PurchaseCart;
  /** The orders of the groups that were not known yet. */
  own: Order[];
}

/** A cart, of which some groups are known to be ordered, and the orders of the others. */
const situation: fc.Arbitrary<Situation> = cart
  .chain((of) => fc.tuple(fc.constant(of), fc.subarray(groupsOf(of))))
  .map(([of, knownGroups]) => ({
    cart: of,
    purchase: aPurchase({
      stage: 'checkout',
      cart: of,
      checkoutIntent: anIntent({ startedAt: NOW.toISOString() }),
      orders: knownGroups.map((orderGroup) => placedOrderOf(of, orderGroup, `known-${orderGroup}`)),
    }),
    own: groupsOf(of)
      .filter((orderGroup) => !knownGroups.includes(orderGroup))
      .map((orderGroup) => orderOf(of, orderGroup, `own-${orderGroup}`, { creationDate: after(5).toISOString() })),
  }));

/** Some of our orders and some of anybody's, some of them twice, in any order. */
const listed = situation.chain((one) =>
  fc
    .tuple(fc.subarray(one.own), fc.uniqueArray(anyOrder, { selector: ({ id }) => id, maxLength: 4 }))
    .map(([own, foreign]) => [...own, ...foreign])
    .chain((orders) => fc.tuple(fc.shuffledSubarray(orders, { minLength: orders.length }), fc.subarray(orders)))
    .map(([orders, again]) => ({ ...one, orders: [...orders, ...again] })),
);

const ordersOf = (outcome: Outcome): PlacedOrder[] | undefined =>
  'changes' in outcome ? outcome.changes?.orders : undefined;

/** What must hold of orders that were given to groups, however it came to that. */
function expectSound(placed: PlacedOrder[], { purchase, cart: of }: Situation, told: Order[]): void {
  expect(new Set(placed.map(({ orderId }) => orderId)).size).toBe(placed.length);
  expect(new Set(placed.map(({ orderGroup }) => orderGroup)).size).toBe(placed.length);
  expect(placed).toEqual(expect.arrayContaining(purchase.orders ?? []));
  for (const { orderId, orderGroup, lines } of placed) {
    expect(contentsOf(lines)).toBe(contentsOf(linesOf(of, orderGroup)));
    const order = told.find(({ id }) => id === orderId);
    if (order) {
      const held = order.lineItems.map(({ offerId = '', quantity }) => ({ catalogItemId: offerId, quantity }));
      expect(contentsOf(held)).toBe(contentsOf(lines));
    }
  }
}

test('orders found in a list: none for two groups, no group twice, none from before the intent, and known ones stay', () => {
  let found = 0;
  fc.assert(
    fc.property(listed, fc.nat(4000), ({ orders, ...one }, seconds) => {
      const outcome = judgeFound(one.purchase, one.cart, orders, after(seconds));
      const placed = ordersOf(outcome) ?? one.purchase.orders ?? [];
      expectSound(placed, one, orders);
      for (const { creationDate = '' } of orders.filter(({ id }) => placed.some(({ orderId }) => orderId === id)))
        expect(Date.parse(creationDate)).toBeGreaterThanOrEqual(BEGUN - SKEW);
      if (outcome.kind !== 'advance') return;
      found++;
      const rejected = outcome.changes?.rejectedGroups ?? [];
      const settled = [...placed, ...rejected].map(({ orderGroup }) => orderGroup);
      expect(settled.toSorted()).toEqual(groupsOf(one.cart).toSorted());
      expect(rejected.length === 0 || seconds >= 1800).toBe(true);
    }),
    { numRuns: 500 },
  );
  expect(found).toBeGreaterThan(50);
});

test('in whatever order orders are listed, the same groups are placed, or the same is asked', () => {
  const twice = listed.chain((one) =>
    fc.shuffledSubarray(one.orders, { minLength: one.orders.length }).map((otherwise) => ({ ...one, otherwise })),
  );
  fc.assert(
    fc.property(twice, fc.nat(4000), ({ orders, otherwise, ...one }, seconds) => {
      const [listedSo, listedOtherwise] = [orders, otherwise].map((list) =>
        judgeFound(one.purchase, one.cart, list, after(seconds)),
      );
      const told = (outcome: Outcome | undefined) => ({
        kind: outcome?.kind,
        code: outcome?.kind === 'hold' ? outcome.reason.code : undefined,
        groups:
          outcome &&
          ordersOf(outcome)
            ?.map(({ orderGroup }) => orderGroup)
            .toSorted(),
      });
      expect(told(listedSo)).toEqual(told(listedOtherwise));
    }),
  );
});

test('our own orders alone are found, whatever else somebody bought before, or of other things', () => {
  fc.assert(
    fc.property(listed, ({ orders, own, ...one }) => {
      const contents = new Set(groupsOf(one.cart).map((group) => contentsOf(linesOf(one.cart, group))));
      const harmless = orders.filter(({ id, creationDate = '', lineItems }) => {
        const held = lineItems.map(({ offerId = '', quantity }) => ({ catalogItemId: offerId, quantity }));
        return !id.startsWith('own') && (Date.parse(creationDate) < BEGUN - SKEW || !contents.has(contentsOf(held)));
      });
      const outcome = judgeFound(one.purchase, one.cart, [...harmless, ...own], after(900));
      expect(outcome.kind).toBe('advance');
      const expected = [...(one.purchase.orders ?? []).map(({ orderId }) => orderId), ...own.map(({ id }) => id)];
      expect(
        ordersOf(outcome)
          ?.map(({ orderId }) => orderId)
          .toSorted(),
      ).toEqual(expected.toSorted());
    }),
  );
});

test('one more order of the time of the checkout that holds what a group holds is never guessed at', () => {
  // A group that is known to be ordered has no candidates.
  const withTwin = situation
    .filter(({ own }) => own.length > 0)
    .chain((one) =>
      fc.tuple(
        fc.constant(one),
        fc.constantFrom(...one.own.map(({ id }) => id.slice('own-'.length))),
        fc.integer({ min: -60, max: 60 }),
      ),
    );
  fc.assert(
    fc.property(withTwin, fc.boolean(), ([one, group, seconds], comesFirst) => {
      const twin = orderOf(one.cart, group, 'twin', { creationDate: after(seconds).toISOString() });
      const orders = comesFirst ? [twin, ...one.own] : [...one.own, twin];
      expect(judgeFound(one.purchase, one.cart, orders, after(900))).toMatchObject({
        kind: 'hold',
        reason: { code: 'several-candidates' },
      });
    }),
  );
});

test('orders that are not listed are waited for until a list must show them, never longer than twice that, and never negative', () => {
  fc.assert(
    fc.property(situation, fc.integer({ min: -100, max: 10_000 }), (one, seconds) => {
      const until = secondsUntilListed(one.purchase, after(seconds));
      expect(until).toBe(Math.max(0, 900 - seconds));
      fc.pre(one.own.length > 0);
      const outcome = judgeFound(one.purchase, one.cart, [], after(seconds));
      const isPartBought = (one.purchase.orders ?? []).length > 0;
      expect(outcome.kind).toBe(seconds < 1800 ? 'retry' : isPartBought ? 'advance' : 'hold');
    }),
  );
});

/** An answer to a checkout: per group an order, an error or nothing; sometimes things that do not belong there. */
const fate = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('ordered', 'ordered', '800005', '800066', '800066', '999999') },
  { weight: 1, arbitrary: fc.constant('missing') },
);
/** Nothing, mostly. */
const seldom = <T>(what: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant<T[]>([]) }, { weight: 1, arbitrary: what.map((one) => [one]) });
const answer = situation.chain((one) =>
  fc
    .record({
      fates: fc.tuple(...groupsOf(one.cart).map(() => fate)),
      strays: seldom(anyOrder),
      errorAboutNothing: seldom(fc.constantFrom({ code: '800069' }, { orderGroupId: '9', code: '800069' })),
      repeated: fc.subarray(groupsOf(one.cart)),
    })
    .map(({ fates, strays, errorAboutNothing, repeated }) => {
      const groups = groupsOf(one.cart).map((group, at) => ({ group, fate: fates[at] ?? '' }));
      const ordered = groups.filter((each) => each.fate === 'ordered' || repeated.includes(each.group));
      const isKnown = (group: string) => one.purchase.orders?.some(({ orderGroup }) => orderGroup === group);
      return {
        ...one,
        orders: [
          ...ordered.map(({ group }) => orderOf(one.cart, group, isKnown(group) ? `known-${group}` : `own-${group}`)),
          ...strays,
        ],
        orderErrors: [
          ...groups
            .filter((each) => /^\d/.test(each.fate))
            .map((each) => ({ orderGroupId: each.group, code: each.fate })),
          ...errorAboutNothing,
        ],
      };
    }),
);

test('whatever a checkout answers: sound orders, known ones stay, no group both bought and rejected, and all accounted for', () => {
  const kinds = new Map<string, number>();
  fc.assert(
    fc.property(answer, fc.nat(5), ({ orders, orderErrors, ...one }, answersByOperation) => {
      const purchase = { ...one.purchase, answersByOperation: { 'checkout/cart-1': answersByOperation } };
      const outcome = judgeCheckoutResult(purchase, one.cart, { orders, orderErrors }, false);
      kinds.set(outcome.kind, (kinds.get(outcome.kind) ?? 0) + 1);
      const all = ordersOf(outcome) ?? one.purchase.orders ?? [];
      // Each order of the answer is kept; what fits no group is held with its id.
      expect(all.map(({ orderId }) => orderId)).toEqual(expect.arrayContaining(orders.map(({ id }) => id)));
      for (const { orderId } of all.filter(({ orderGroup }) => orderGroup === UNMATCHED_GROUP))
        expect(outcome).toMatchObject({ kind: 'hold', reason: { message: expect.stringContaining(orderId) } });
      const placed = all.filter(({ orderGroup }) => orderGroup !== UNMATCHED_GROUP);
      expectSound(placed, one, orders);
      const rejected = 'changes' in outcome ? (outcome.changes?.rejectedGroups ?? []) : [];
      const bought = placed.map(({ orderGroup }) => orderGroup);
      expect(rejected.filter(({ orderGroup }) => bought.includes(orderGroup))).toEqual([]);
      if (outcome.kind === 'reject') expect(all).toEqual([]);
      const unclear = outcome.kind === 'retry' ? (outcome.changes?.checkoutIntent?.unclearGroups ?? []) : [];
      if (outcome.kind === 'advance' || outcome.kind === 'retry')
        expect(
          [...new Set([...bought, ...rejected.map(({ orderGroup }) => orderGroup), ...unclear])].toSorted(),
        ).toEqual(groupsOf(one.cart).toSorted());
    }),
    { numRuns: 1000 },
  );
  expect([...kinds.keys()].toSorted()).toEqual(['advance', 'hold', 'reject', 'retry']);
});

test('an order that the answer tells twice is one order', () => {
  fc.assert(
    fc.property(situation, ({ purchase, cart: of, own }) => {
      const once = judgeCheckoutResult(purchase, of, { orders: own, orderErrors: [] }, false);
      expect(judgeCheckoutResult(purchase, of, { orders: [...own, ...own], orderErrors: [] }, false)).toEqual(once);
      expect(once.kind).toBe('advance');
    }),
  );
});

test("somebody's order of nothing is nobody's", () => {
  fc.assert(
    fc.property(situation, (one) => {
      const empty = anOrder('empty', []);
      const outcome = judgeFound(one.purchase, one.cart, [empty, ...one.own], after(5));
      expect(ordersOf(outcome)?.map(({ orderId }) => orderId)).not.toContain('empty');
    }),
  );
});
