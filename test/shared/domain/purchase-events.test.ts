import { CloudEvent as SdkEvent, HTTP } from 'cloudevents';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cloudEvent } from '#shared/domain/cloud-event';
import type { PlacedOrder } from '#shared/domain/purchase';
import {
  orderEventNames,
  orderEventsBetween,
  purchaseEvent,
  purchaseEventNames,
  type EventOf,
} from '#shared/domain/purchase-events';
import { placedOrders, purchase } from '#test/support/arbitraries';
import { aPlacedOrder, anOffer, aPurchase } from '#test/support/builders';

/** The events of purchases and of their orders; the CloudEvents SDK judges their form. */

const event: fc.Arbitrary<EventOf> = fc.oneof(
  fc.record({ about: fc.constant('purchase' as const), name: fc.constantFrom(...purchaseEventNames) }),
  fc.record({
    about: fc.constant('order' as const),
    name: fc.constantFrom(...orderEventNames),
    orderId: fc.constantFrom('order-1', 'order-2'),
  }),
);

test('every event is valid for the CloudEvents SDK, in structured mode too, and comes back as it was sent', () => {
  fc.assert(
    fc.property(purchase, event, fc.integer({ min: 1, max: 9_999_999_999 }), (of, what, sequence) => {
      const sent = purchaseEvent(of, what, sequence);
      expect(new SdkEvent(sent).validate()).toBe(true);
      const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
      const received = HTTP.toEvent({ headers, body: JSON.stringify(sent) });
      expect(cloudEvent.parse(JSON.parse(JSON.stringify(received)))).toEqual(JSON.parse(JSON.stringify(sent)));
    }),
  );
});

test('the events of a purchase share source and partition key, and their sequences sort as text', () => {
  const of = aPurchase({ orders: [aPlacedOrder()] });
  const about = { about: 'purchase', name: 'held' } as const;
  const events = [2, 9, 10, 100].map((sequence) => purchaseEvent(of, about, sequence));
  expect(new Set(events.map(({ source }) => source))).toEqual(new Set([`/cartage/purchases/${of.id}`]));
  expect(new Set(events.map(({ partitionkey }) => partitionkey))).toEqual(new Set([of.id]));
  expect(events.map(({ sequence }) => sequence)).toEqual(['0000000002', '0000000009', '0000000010', '0000000100']);
});

test('an event about an order has the order as its subject and holds that order only, with the purchase it is of', () => {
  const [first, second] = [aPlacedOrder(), aPlacedOrder({ orderId: 'order-2', orderGroup: '1' })];
  const of = aPurchase({ orders: [first, second] });
  expect(purchaseEvent(of, { about: 'order', name: 'placed', orderId: 'order-2' }, 4)).toMatchObject({
    type: 'cartage.order.placed.v1',
    subject: 'order-2',
    source: `/cartage/purchases/${of.id}`,
    data: { purchaseId: of.id, requestId: 'crm-request-1', order: second },
  });
  expect(purchaseEvent(of, { about: 'purchase', name: 'completed' }, 5)).toMatchObject({
    type: 'cartage.purchase.completed.v1',
    subject: of.id,
    data: { orders: [first, second] },
  });
});

const namesBetween = (before: PlacedOrder[], after: PlacedOrder[]) =>
  orderEventsBetween(before, after, undefined).map(({ name }) => name);
const lines = aPlacedOrder().lines;

test.each<[string, Partial<PlacedOrder> | undefined, Partial<PlacedOrder>, string[]]>([
  ['is new', undefined, {}, ['placed']],
  ['is new and completed at once', undefined, { status: 'completed' }, ['placed', 'completed']],
  ['was pending and is completed', {}, { status: 'completed' }, ['completed']],
  ['was pending and is cancelled', {}, { status: 'cancelled' }, ['cancelled']],
  ['was completed and is cancelled', { status: 'completed' }, { status: 'cancelled' }, ['cancelled']],
  ['is completed and has a line still being provisioned', {}, completed('pending'), []],
  ['was being provisioned and is', completed('pending'), completed('fulfilled'), ['completed']],
  ['is completed with nothing of it provisioned', {}, completed('unfulfilled'), ['failed']],
  ['is as it was', { status: 'completed' }, { status: 'completed' }, []],
])('an order that %s has its events', (_what, before, after, names) => {
  const known = before === undefined ? [] : [aPlacedOrder(before)];
  expect(namesBetween(known, [aPlacedOrder(after)])).toEqual(names);
});

function completed(provisioning: 'pending' | 'fulfilled' | 'unfulfilled'): Partial<PlacedOrder> {
  return { status: 'completed', lines: lines.map((line) => ({ ...line, provisioning })) };
}

test('an order that is completed without the subscription that is due has not ended', () => {
  const offers = [anOffer({ kind: 'licence' })];
  const done = aPlacedOrder({ status: 'completed' });
  const subscribed = { ...done, lines: done.lines.map((line) => ({ ...line, subscriptionId: 'sub-1' })) };
  const names = (before: PlacedOrder[], after: PlacedOrder[]) =>
    orderEventsBetween(before, after, offers).map(({ name }) => name);
  expect(names([], [done])).toEqual(['placed']);
  expect(names([done], [subscribed])).toEqual(['completed']);
});

test.each([
  ['error', 'failed', 'order-error'],
  ['po_review_rejected', 'failed', 'order-po-review-rejected'],
  ['partial_success', 'completed', 'order-partial-success'],
] as const)('an order that is %s ends as %s, with the reason and what to do', (status, name, code) => {
  expect(namesBetween([aPlacedOrder()], [aPlacedOrder({ status })])).toEqual([name]);
  const of = aPurchase({ orders: [aPlacedOrder({ status })] });
  expect(purchaseEvent(of, { about: 'order', name, orderId: 'order-1' }, 4).data).toMatchObject({
    reason: { code, advice: expect.stringContaining('again with a new request') },
  });
});

test('every order is placed once, whatever becomes of the others, and nothing is said of what did not change', () => {
  fc.assert(
    fc.property(placedOrders, placedOrders, (before, after) => {
      const placed = orderEventsBetween(before, after, undefined).flatMap((one) =>
        one.about === 'order' && one.name === 'placed' ? [one.orderId] : [],
      );
      const known = new Set(before.map(({ orderId }) => orderId));
      expect(placed).toEqual(after.map(({ orderId }) => orderId).filter((id) => !known.has(id)));
      expect(orderEventsBetween(after, after, undefined)).toEqual([]);
    }),
  );
});
