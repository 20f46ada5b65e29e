import { expect, test } from '@jest/globals';
import { judgeOrders } from '#functions/tracking/judge-orders';
import { anOrder, aPlacedOrder, aPurchase } from '#test/support/builders';

const ITEM = 'DZH318Z0CSA1:0001:AV1';
const tracking = (rest = {}) =>
  aPurchase({ stage: 'tracking', attempts: { tracking: 1 }, orders: [aPlacedOrder()], ...rest });
const completed = anOrder('order-1', [[ITEM, 5]], { status: 'completed' });

test('a purchase is complete when every order is', () => {
  expect(judgeOrders(tracking(), [completed], [15])).toMatchObject({ kind: 'finish', status: 'completed' });
});

test('a pending order is looked at again, later each time, then at the last interval', () => {
  const pending = anOrder('order-1', [[ITEM, 5]]);
  const secondsOf = (attempt: number) =>
    judgeOrders(tracking({ attempts: { tracking: attempt } }), [pending], [15, 30, 60]);
  expect([1, 2, 3, 9].map(secondsOf)).toMatchObject([
    { seconds: 15 },
    { seconds: 30 },
    { seconds: 60 },
    { seconds: 60 },
  ]);
});

test('a status that is new to us counts as pending, never as bought', () => {
  expect(judgeOrders(tracking(), [anOrder('order-1', [[ITEM, 5]], { status: 'unknown' })], [15])).toMatchObject({
    kind: 'wait',
  });
});

test('refused groups or cancelled orders make the purchase partial', () => {
  const refusedGroups = [{ orderGroup: '1', lineIds: ['2'], reason: { code: 'x', message: 'y', advice: 'z' } }];
  expect(judgeOrders(tracking({ refusedGroups }), [completed], [15])).toMatchObject({ status: 'partially-completed' });
  const cancelled = anOrder('order-1', [[ITEM, 5]], { status: 'cancelled' });
  expect(judgeOrders(tracking(), [cancelled], [15])).toMatchObject({ status: 'partially-completed' });
});

test('the subscription of a line is taken over when it appears', () => {
  const line = { ...completed.lineItems[0], subscriptionId: 'sub-1' };
  const answer = { ...completed, lineItems: [{ ...completed.lineItems[0], ...line }] };
  expect(judgeOrders(tracking(), [Object.assign(completed, answer)], [15])).toMatchObject({
    facts: { orders: [{ lines: [{ subscriptionId: 'sub-1' }] }] },
  });
});
