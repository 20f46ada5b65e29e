import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeOrders } from '#functions/tracking/judge-orders';
import type { Poll } from '#functions/tracking/merge-poll';
import { defined } from '#shared/domain/defined';
import { orderStatuses, type OrderStatus } from '#shared/domain/order-status';
import type { ItemKind } from '#shared/domain/purchase';
import type { LineProvisioning, Order } from '#shared/partner-center/resources/orders';
import { anOffer, anOrder, aPlacedOrder, aPurchase, NOW } from '#test/support/builders';

const ITEM = 'DZH318Z0CSA1:0001:AV1';
const OTHER = 'DG7GMGF0D5P1:0001:AV2';
const tracking = (rest = {}) =>
  aPurchase({ stage: 'tracking', attempts: { tracking: 1 }, orders: [aPlacedOrder()], ...rest });
const completed = anOrder('order-1', [[ITEM, 5]], { status: 'completed' });
const pending = anOrder('order-1', [[ITEM, 5]]);
const provisioned = (...statuses: LineProvisioning['status'][]): NonNullable<Poll['provisioning']> => ({
  kind: 'read',
  value: statuses.map((status, lineItemNumber) => ({ lineItemNumber, status, quantityProvisioningInformation: [] })),
});
const judge = (poll: Omit<Poll, 'orderId'>, rest = {}) =>
  judgeOrders(tracking(rest), [{ orderId: 'order-1', ...poll }], [15, 30, 60], NOW);

test('a purchase is complete when every order is', () => {
  expect(judge({ order: completed })).toMatchObject({ kind: 'complete', status: 'completed' });
});

test('a pending order is polled again, later each time, then at the last interval', () => {
  const secondsOf = (attempt: number) => judge({ order: pending }, { attempts: { tracking: attempt } });
  expect([1, 2, 3, 9].map(secondsOf)).toMatchObject([
    { seconds: 15 },
    { seconds: 30 },
    { seconds: 60 },
    { seconds: 60 },
  ]);
});

/** What becomes of a purchase whose only order has each of Partner Center's statuses. */
const outcomes: Record<OrderStatus, object> = {
  unknown: { kind: 'retry', note: 'order order-1 has a status that Cartage does not know (unknown)' },
  pending: { kind: 'retry', note: 'pending: order-1' },
  pending_review: { kind: 'retry', note: expect.stringContaining('is being reviewed by Microsoft (pending_review)') },
  pending_po_upload: {
    kind: 'hold',
    reason: {
      code: 'order-pending-po-upload',
      message: expect.stringContaining('order-1'),
      advice: expect.stringMatching(/Upload .*purchase order.*\/attachment.*resume/),
    },
  },
  po_upload_complete: { kind: 'retry' },
  suspended: { kind: 'hold', reason: { code: 'order-suspended' } },
  completed: { kind: 'complete', status: 'completed' },
  partial_success: {
    kind: 'complete',
    status: 'partially-completed',
    reason: { code: 'order-partial-success', advice: expect.stringContaining('Buy it again') },
  },
  po_review_rejected: { kind: 'complete', status: 'failed', reason: { code: 'order-po-review-rejected' } },
  error: { kind: 'complete', status: 'failed', reason: { code: 'order-error' } },
  cancelled: { kind: 'complete', status: 'cancelled' },
};

test.each(Object.entries(outcomes))('an order that is %s has its outcome', (word, outcome) => {
  const status = orderStatuses.find((one) => one === word) ?? 'unknown';
  expect(judge({ order: { ...completed, status } })).toMatchObject({ ...outcome, changes: { orders: [{ status }] } });
});

test('these are all statuses', () => {
  expect(Object.keys(outcomes).toSorted()).toEqual([...orderStatuses].toSorted());
});

test('a status that is new to us waits for an hour, then a person is told the word', () => {
  const order: Order = { ...completed, status: 'unknown', statusWord: 'awaiting_stars' };
  expect(judge({ order })).toMatchObject({ kind: 'retry', note: expect.stringContaining('awaiting_stars') });
  const late = new Date(NOW.getTime() + 3600 * 1000);
  expect(judgeOrders(tracking(), [{ orderId: 'order-1', order }], [15], late)).toMatchObject({
    kind: 'hold',
    reason: { code: 'order-unknown', message: expect.stringContaining('awaiting_stars') },
  });
});

test('an order that needs a person is told of once the orders that go on by themselves are through', () => {
  const orders = [aPlacedOrder(), aPlacedOrder({ orderId: 'order-2', orderGroup: '1' })];
  const stuck = { orderId: 'order-2', order: anOrder('order-2', [[ITEM, 5]], { status: 'pending_po_upload' }) };
  const judgeBoth = (order: Order) =>
    judgeOrders(tracking({ orders }), [{ orderId: 'order-1', order }, stuck], [15], NOW).kind;
  expect(judgeBoth(pending)).toBe('retry');
  expect(judgeBoth({ ...pending, status: 'pending_review' })).toBe('hold');
  expect(judgeBoth(completed)).toBe('hold');
});

test('an order that failed makes the purchase partial while another is bought, and failed when nothing is left', () => {
  const failed = { ...completed, status: 'error' as const };
  expect(judge({ order: failed }, { orders: [aPlacedOrder(), another] })).toMatchObject({
    status: 'partially-completed',
    reason: { code: 'order-error', message: 'Order order-1 has failed at Microsoft (error).' },
  });
  const cancelledOne = aPlacedOrder({ orderId: 'order-2', orderGroup: '1', status: 'cancelled' });
  expect(judge({ order: failed }, { orders: [aPlacedOrder(), cancelledOne] })).toMatchObject({ status: 'failed' });
});

test('while an order waits its status may change to and fro, and none comes back after an ending', () => {
  const known = (status: OrderStatus) => ({ orders: [aPlacedOrder({ status })] });
  const after = (before: OrderStatus, status: OrderStatus) =>
    judge({ order: { ...completed, status } }, known(before)).changes.orders[0]?.status;
  expect(after('pending_po_upload', 'pending')).toBe('pending');
  expect(after('suspended', 'completed')).toBe('completed');
  expect(after('completed', 'pending_review')).toBe('completed');
  expect(after('cancelled', 'completed')).toBe('cancelled');
});

test.each<[ItemKind, string]>([
  ['licence', 'retry'],
  ['saas', 'retry'],
  ['other', 'complete'],
  ['software-subscription', 'complete'],
  ['perpetual-software', 'complete'],
  ['reservation', 'complete'],
])('a completed order of %s without a subscription id: %s', (kind, outcome) => {
  const offers = [anOffer({ kind })];
  const provisioning = provisioned('fulfilled');
  expect(judge({ order: completed, provisioning }, { offers }).kind).toBe(outcome);
  const lineItems = completed.lineItems.map((line) => ({ ...line, subscriptionId: 'sub-1' }));
  expect(judge({ order: { ...completed, lineItems }, provisioning }, { offers }).kind).toBe('complete');
});

const rejectedGroups = [{ orderGroup: '1', lineIds: ['2'], reason: { code: 'x', message: 'y', advice: 'z' } }];
const cancelled = { ...completed, status: 'cancelled' as const };
const another = aPlacedOrder({ orderId: 'order-2', orderGroup: '1', status: 'completed' });

test('rejected groups or cancelled orders make the purchase partial', () => {
  expect(judge({ order: completed }, { rejectedGroups })).toMatchObject({ status: 'partially-completed' });
  expect(judge({ order: cancelled }, { orders: [aPlacedOrder(), another] })).toMatchObject({
    status: 'partially-completed',
  });
});

test('a purchase of which nothing is left, since every order was cancelled in Partner Center, is cancelled', () => {
  expect(judge({ order: cancelled })).toMatchObject({ kind: 'complete', status: 'cancelled' });
  expect(judge({ order: cancelled }, { rejectedGroups })).toMatchObject({ status: 'cancelled' });
  expect(judge({ order: completed, provisioning: provisioned('unfulfilled') })).toMatchObject({ status: 'cancelled' });
});

test.each<[LineProvisioning['status'], object]>([
  [
    'fulfilled',
    { kind: 'complete', status: 'completed', changes: { orders: [{ lines: [{ provisioning: 'fulfilled' }] }, {}] } },
  ],
  ['prefulfillment_pending', { kind: 'retry', note: 'completed, not yet provisioned: order-1' }],
  ['unfulfilled', { kind: 'complete', status: 'partially-completed' }],
  ['unknown', { kind: 'retry' }],
])('of a completed order, a line that is %s decides how far the purchase is', (status, outcome) => {
  const provisioning = provisioned(status);
  expect(judge({ order: completed, provisioning }, { orders: [aPlacedOrder(), another] })).toMatchObject(outcome);
});

test('where the provisioning can not be read, the order alone decides, and the history says so', () => {
  const provisioning = { kind: 'not-read', what: 'get provisioning status (900329)' } as const;
  expect(judge({ order: completed, provisioning })).toMatchObject({
    kind: 'complete',
    status: 'completed',
    note: 'order order-1 completed, not read: get provisioning status (900329)',
  });
  expect(judge({ order: pending, provisioning })).toMatchObject({ kind: 'retry' });
});

test('a line of which the provisioning says nothing is decided by its order', () => {
  expect(judge({ order: completed, provisioning: provisioned() })).toMatchObject({
    kind: 'complete',
    status: 'completed',
  });
});

test('a line that was cancelled, and so answers with quantity 0, makes the purchase partial', () => {
  const order = anOrder('order-1', [[ITEM, 0]], { status: 'completed' });
  expect(judge({ order }, { orders: [aPlacedOrder(), another] })).toMatchObject({
    status: 'partially-completed',
    changes: { orders: [{ lines: [{ quantity: 5, provisioning: 'unfulfilled' }] }, {}] },
  });
});

test('the subscription of a line is taken over when it appears, and kept', () => {
  const lineItems = completed.lineItems.map((line) => ({ ...line, subscriptionId: 'sub-1' }));
  const first = judge({ order: { ...completed, lineItems }, provisioning: provisioned('prefulfillment_pending') });
  expect(first).toMatchObject({ kind: 'retry', changes: { orders: [{ lines: [{ subscriptionId: 'sub-1' }] }] } });
  const second = judge({ order: completed, provisioning: provisioned('fulfilled') }, { orders: first.changes.orders });
  expect(second).toMatchObject({ kind: 'complete', changes: { orders: [{ lines: [{ subscriptionId: 'sub-1' }] }] } });
});

test('lines of the same item are told apart by their quantities, in whatever order they come', () => {
  const lines = [
    { lineId: '1', catalogItemId: ITEM, quantity: 5 },
    { lineId: '2', catalogItemId: OTHER, quantity: 1 },
    { lineId: '3', catalogItemId: ITEM, quantity: 7 },
  ];
  const answers: [string, number][] = [
    [ITEM, 7],
    [OTHER, 1],
    [ITEM, 5],
  ];
  const outcome = judge(
    {
      order: anOrder('order-1', answers, { status: 'completed' }),
      provisioning: provisioned('fulfilled', 'unfulfilled', 'prefulfillment_pending'),
    },
    { orders: [aPlacedOrder({ lines })] },
  );
  expect(outcome).toMatchObject({
    changes: {
      orders: [
        {
          lines: [
            { lineItemNumber: 2, provisioning: 'pending' },
            { lineItemNumber: 1, provisioning: 'unfulfilled' },
            { lineItemNumber: 0, provisioning: 'fulfilled' },
          ],
        },
      ],
    },
  });
});

test('a purchase ends exactly when no order is pending and no line is still being provisioned', () => {
  const status = fc.constantFrom<Order['status'][]>('pending', 'completed', 'cancelled', 'unknown');
  const line = fc.constantFrom<LineProvisioning['status'][]>(
    'fulfilled',
    'unfulfilled',
    'prefulfillment_pending',
    'unknown',
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(status, fc.option(line, { nil: undefined })), { minLength: 1, maxLength: 4 }),
      (cases) => {
        const orders = cases.map((_, at) => aPlacedOrder({ orderId: `order-${at}`, orderGroup: `${at}` }));
        const polls = cases.map(([orderStatus, lineStatus], at) => ({
          orderId: `order-${at}`,
          order: anOrder(`order-${at}`, [[ITEM, 5]], { status: orderStatus }),
          ...defined({ provisioning: lineStatus && provisioned(lineStatus) }),
        }));
        const isOpen = cases.some(
          ([orderStatus, lineStatus]) =>
            orderStatus === 'pending' ||
            orderStatus === 'unknown' ||
            (orderStatus === 'completed' && (lineStatus === 'prefulfillment_pending' || lineStatus === 'unknown')),
        );
        expect(judgeOrders(tracking({ orders }), polls, [15], NOW).kind).toBe(isOpen ? 'retry' : 'complete');
      },
    ),
  );
});

test('an order that was completed at checkout needs only its provisioning read', () => {
  const lines = [{ lineId: '1', catalogItemId: ITEM, quantity: 5, lineItemNumber: 0 }];
  const orders = [aPlacedOrder({ status: 'completed', lines })];
  expect(judge({ provisioning: provisioned('fulfilled') }, { orders })).toMatchObject({
    kind: 'complete',
    changes: { orders: [{ status: 'completed', lines: [{ provisioning: 'fulfilled' }] }] },
  });
  expect(judge({ provisioning: provisioned('prefulfillment_pending') }, { orders })).toMatchObject({ kind: 'retry' });
});
