import { expect, test } from '@jest/globals';
import { judgeCheckoutResult } from '#functions/checkout/judge-checkout-result';
import { aCart, anOrder, aPurchase, NOW, anIntent } from '#test/support/builders';
import { judgeFound } from './judge-found';

const A = 'A:0001:AV1';
const B = 'B:0001:AV1';
const cart = aCart({
  lines: [
    { lineId: '1', catalogItemId: A, quantity: 5, orderGroup: '0' },
    { lineId: '2', catalogItemId: B, quantity: 1, orderGroup: '1' },
    { lineId: '3', catalogItemId: A, quantity: 2, orderGroup: '1' },
  ],
});
const atCheckout = (rest = {}) => aPurchase({ stage: 'checkout', attempts: { checkout: 1 }, cart, ...rest });
const first = anOrder('order-a', [[A, 5]]);
const second = anOrder('order-b', [
  [A, 2],
  [B, 1],
]);

test('each order is given to the group that holds the same, in whatever order they come', () => {
  expect(judgeCheckoutResult(atCheckout(), cart, { orders: [second, first], orderErrors: [] }, false)).toMatchObject({
    kind: 'advance',
    next: 'tracking',
    changes: {
      orders: [
        { orderGroup: '1', orderId: 'order-b' },
        { orderGroup: '0', orderId: 'order-a' },
      ],
      rejectedGroups: [],
    },
  });
});

test('partial success keeps what was bought and names what was not, line by line', () => {
  const orderErrors = [{ orderGroupId: '1', code: '800010', description: 'No inventory' }];
  expect(judgeCheckoutResult(atCheckout(), cart, { orders: [first], orderErrors }, false)).toMatchObject({
    kind: 'advance',
    changes: {
      orders: [{ orderId: 'order-a' }],
      rejectedGroups: [{ orderGroup: '1', lineIds: ['2', '3'], reason: { code: '800010' } }],
    },
  });
});

const both = (code: string) => ['0', '1'].map((orderGroupId) => ({ orderGroupId, code, description: 'No' }));

test('nothing but errors is a rejection, or held when a person can mend it', () => {
  const rejected = judgeCheckoutResult(atCheckout(), cart, { orders: [], orderErrors: both('800066') }, false);
  expect(rejected).toMatchObject({ kind: 'reject', reason: { code: '800066' } });
  const held = judgeCheckoutResult(atCheckout(), cart, { orders: [], orderErrors: both('800023') }, false);
  expect(held).toMatchObject({ kind: 'hold', reason: { code: '800023' } });
});

test('groups that failed for a passing reason are tried again with the same cart, some times', () => {
  const orderErrors = [{ orderGroupId: '1', code: '900143', description: 'Could not be read' }];
  const again = judgeCheckoutResult(atCheckout(), cart, { orders: [first], orderErrors }, false);
  expect(again).toMatchObject({ kind: 'retry', changes: { orders: [{ orderId: 'order-a' }] } });
  const known = again.kind === 'retry' ? (again.changes?.orders ?? []) : [];
  const repeated = { orders: [first, second], orderErrors: [] };
  const second2 = judgeCheckoutResult(atCheckout({ orders: known }), cart, repeated, false);
  expect(second2).toMatchObject({
    kind: 'advance',
    changes: { orders: [{ orderId: 'order-a' }, { orderId: 'order-b' }] },
  });
  const last = judgeCheckoutResult(
    atCheckout({ orders: known, answersByOperation: { 'checkout/cart-1': 3 } }),
    cart,
    {
      orders: [],
      orderErrors,
    },
    false,
  );
  expect(last).toMatchObject({ kind: 'advance', changes: { rejectedGroups: [{ orderGroup: '1' }] } });
});

test('an answer with neither orders nor errors needs a person', () => {
  expect(judgeCheckoutResult(atCheckout(), cart, { orders: [], orderErrors: [] }, false)).toMatchObject({
    kind: 'hold',
    reason: { code: 'answer-differs', message: expect.stringMatching(/about group 0; nothing about group 1/) },
  });
});

test('a group that is in neither list needs a person, and what was bought is kept', () => {
  expect(judgeCheckoutResult(atCheckout(), cart, { orders: [first], orderErrors: [] }, false)).toMatchObject({
    kind: 'hold',
    reason: { code: 'answer-differs' },
    changes: { orders: [{ orderId: 'order-a' }] },
  });
});

test('an order that fits no group needs a person: it was bought, and nobody asked for it', () => {
  const stray = anOrder('order-stray', [[A, 9]]);
  expect(
    judgeCheckoutResult(atCheckout(), cart, { orders: [first, second, stray], orderErrors: [] }, false),
  ).toMatchObject({
    kind: 'hold',
    reason: { code: 'answer-differs', message: expect.stringContaining('order order-stray') },
    changes: { orders: [{ orderId: 'order-a' }, { orderId: 'order-b' }, { orderId: 'order-stray', orderGroup: '?' }] },
  });
});

test('an error about a group that the cart does not have needs a person', () => {
  const orderErrors = [{ orderGroupId: '7', code: '800069', description: 'Risk' }];
  expect(judgeCheckoutResult(atCheckout(), cart, { orders: [first, second], orderErrors }, false)).toMatchObject({
    kind: 'hold',
    reason: { code: 'answer-differs', message: expect.stringContaining('800069') },
  });
});

test('what was bought stays bought, whatever a later answer says of its group', () => {
  const known = judgeCheckoutResult(atCheckout(), cart, { orders: [first, second], orderErrors: [] }, false);
  const orders = known.kind === 'advance' ? (known.changes?.orders ?? []) : [];
  const orderErrors = [{ orderGroupId: '0', code: '800065', description: 'Submitted before' }];
  expect(judgeCheckoutResult(atCheckout({ orders }), cart, { orders: [], orderErrors }, false)).toMatchObject({
    kind: 'advance',
    changes: { orders, rejectedGroups: [] },
  });
});

const ordering = aPurchase({
  stage: 'checkout',
  cart,
  checkoutIntent: anIntent({ startedAt: NOW.toISOString(), leaseEndsAt: NOW.toISOString() }),
});
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const old = anOrder('order-old', [[A, 5]], { creationDate: '2026-02-01T00:00:00.000Z' });

test('the orders of an ordered cart are found by what they hold and when they were made', () => {
  expect(judgeFound(ordering, cart, [old, second, first], later(1000))).toMatchObject({
    kind: 'advance',
    changes: { orders: [{ orderId: 'order-b' }, { orderId: 'order-a' }] },
  });
});

test('orders that are not listed yet are waited for; in the end a group without one was not ordered, and without any it is held', () => {
  expect(judgeFound(ordering, cart, [first], later(1000))).toMatchObject({ kind: 'retry' });
  expect(judgeFound(ordering, cart, [], later(3600))).toMatchObject({
    kind: 'hold',
    reason: { code: 'orders-not-listed' },
  });
  expect(judgeFound(ordering, cart, [first], later(3600))).toMatchObject({
    kind: 'advance',
    changes: { orders: [{ orderId: 'order-a' }], rejectedGroups: [{ reason: { code: 'not-ordered' } }] },
  });
});

test('more candidates than groups are never guessed at', () => {
  const twin = anOrder('order-twin', [[A, 5]]);
  const pair = anOrder('order-pair', [
    [A, 2],
    [B, 1],
  ]);
  expect(judgeFound(ordering, cart, [first, second, twin, pair], later(1000))).toMatchObject({
    kind: 'hold',
    reason: { code: 'several-candidates' },
  });
  expect(judgeFound(ordering, cart, [first, second, twin], later(1000))).toMatchObject({
    kind: 'hold',
    reason: { code: 'several-candidates' },
  });
});
