import { expect, test } from '@jest/globals';
import { findOrders } from '#functions/checkout/judge-found-orders';
import { readOutcome } from '#functions/checkout/judge-checkout-result';
import { aCart, anOrder, aPurchase, NOW } from '#test/support/builders';

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
  expect(readOutcome(atCheckout(), cart, { orders: [second, first], orderErrors: [] })).toMatchObject({
    kind: 'continue',
    next: 'tracking',
    happening: 'placed',
    facts: {
      orders: [
        { orderGroup: '1', orderId: 'order-b' },
        { orderGroup: '0', orderId: 'order-a' },
      ],
      refusedGroups: [],
    },
  });
});

test('partial success keeps what was bought and names what was not, line by line', () => {
  const orderErrors = [{ orderGroupId: '1', code: '800010', description: 'No inventory' }];
  expect(readOutcome(atCheckout(), cart, { orders: [first], orderErrors })).toMatchObject({
    kind: 'continue',
    facts: {
      orders: [{ orderId: 'order-a' }],
      refusedGroups: [{ orderGroup: '1', lineIds: ['2', '3'], reason: { code: '800010' } }],
    },
  });
});

const both = (code: string) => ['0', '1'].map((orderGroupId) => ({ orderGroupId, code, description: 'No' }));

test('nothing but errors is a refusal, or held when a person can mend it', () => {
  const refused = readOutcome(atCheckout(), cart, { orders: [], orderErrors: both('800066') });
  expect(refused).toMatchObject({ kind: 'refused', reason: { code: '800066' } });
  const held = readOutcome(atCheckout(), cart, { orders: [], orderErrors: both('800023') });
  expect(held).toMatchObject({ kind: 'held', reason: { code: '800023' } });
});

test('groups that failed for a passing reason are tried again with the same cart, some times', () => {
  const orderErrors = [{ orderGroupId: '1', code: '800005', description: 'Could not be created' }];
  const again = readOutcome(atCheckout(), cart, { orders: [first], orderErrors });
  expect(again).toMatchObject({ kind: 'wait', facts: { orders: [{ orderId: 'order-a' }] } });
  const known = again.kind === 'wait' ? (again.facts?.orders ?? []) : [];
  const second2 = readOutcome(atCheckout({ orders: known }), cart, { orders: [first, second], orderErrors: [] });
  expect(second2).toMatchObject({
    kind: 'continue',
    facts: { orders: [{ orderId: 'order-a' }, { orderId: 'order-b' }] },
  });
  const last = readOutcome(atCheckout({ orders: known, answered: { 'checkout/cart-1': 3 } }), cart, {
    orders: [],
    orderErrors,
  });
  expect(last).toMatchObject({ kind: 'continue', facts: { refusedGroups: [{ orderGroup: '1' }] } });
});

test('an answer with neither orders nor errors needs a person', () => {
  expect(readOutcome(atCheckout(), cart, { orders: [], orderErrors: [] })).toMatchObject({
    kind: 'held',
    reason: { code: 'answer-differs', message: expect.stringMatching(/about group 0; nothing about group 1/) },
  });
});

test('a group that is in neither list needs a person, and what was bought is kept', () => {
  expect(readOutcome(atCheckout(), cart, { orders: [first], orderErrors: [] })).toMatchObject({
    kind: 'held',
    reason: { code: 'answer-differs' },
    facts: { orders: [{ orderId: 'order-a' }] },
  });
});

test('an order that fits no group needs a person: it was bought, and nobody asked for it', () => {
  const stray = anOrder('order-stray', [[A, 9]]);
  expect(readOutcome(atCheckout(), cart, { orders: [first, second, stray], orderErrors: [] })).toMatchObject({
    kind: 'held',
    reason: { code: 'answer-differs', message: expect.stringContaining('order order-stray') },
    facts: { orders: [{ orderId: 'order-a' }, { orderId: 'order-b' }] },
  });
});

test('an error about a group that the cart does not have needs a person', () => {
  const orderErrors = [{ orderGroupId: '7', code: '800069', description: 'Risk' }];
  expect(readOutcome(atCheckout(), cart, { orders: [first, second], orderErrors })).toMatchObject({
    kind: 'held',
    reason: { code: 'answer-differs', message: expect.stringContaining('800069') },
  });
});

test('what was bought stays bought, whatever a later answer says of its group', () => {
  const known = readOutcome(atCheckout(), cart, { orders: [first, second], orderErrors: [] });
  const orders = known.kind === 'continue' ? (known.facts?.orders ?? []) : [];
  const orderErrors = [{ orderGroupId: '0', code: '800065', description: 'Submitted before' }];
  expect(readOutcome(atCheckout({ orders }), cart, { orders: [], orderErrors })).toMatchObject({
    kind: 'continue',
    facts: { orders, refusedGroups: [] },
  });
});

const ordering = aPurchase({
  stage: 'checkout',
  cart,
  checkout: { request: 0, startedAt: NOW.toISOString(), leaseEndsAt: NOW.toISOString() },
});
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const old = anOrder('order-old', [[A, 5]], { creationDate: '2026-02-01T00:00:00.000Z' });

test('the orders of an ordered cart are found by what they hold and when they were made', () => {
  expect(findOrders(ordering, cart, [old, second, first], later(30))).toMatchObject({
    kind: 'continue',
    facts: { orders: [{ orderId: 'order-b' }, { orderId: 'order-a' }] },
  });
});

test('orders that are not listed yet are waited for, and in the end a person is asked', () => {
  expect(findOrders(ordering, cart, [first], later(30))).toMatchObject({ kind: 'wait' });
  expect(findOrders(ordering, cart, [first], later(3600))).toMatchObject({
    kind: 'held',
    reason: { code: 'orders-not-listed' },
  });
});

test('more candidates than groups are never guessed at', () => {
  const twin = anOrder('order-twin', [[A, 5]]);
  const pair = anOrder('order-pair', [
    [A, 2],
    [B, 1],
  ]);
  expect(findOrders(ordering, cart, [first, second, twin, pair], later(30))).toMatchObject({
    kind: 'held',
    reason: { code: 'several-candidates' },
  });
  expect(findOrders(ordering, cart, [first, second, twin], later(30))).toMatchObject({
    kind: 'held',
    reason: { code: 'several-candidates' },
  });
});
