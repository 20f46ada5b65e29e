import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeOrders } from '#functions/tracking/judge-orders';
import { mergePoll, type Poll } from '#functions/tracking/merge-poll';
import { isOpenOrder, type OrderedLine, type PlacedOrder } from '#shared/domain/purchase';
import { aPurchase, anOrder, NOW } from '#test/support/builders';
import { placedOrder, placedOrders } from '#test/support/arbitraries';

const lineStatus = fc.constantFrom(
  'fulfilled' as const,
  'unfulfilled' as const,
  'prefulfillment_pending' as const,
  'unknown' as const,
);

/** Any poll of an order: its lines in another order, some cancelled, some with a subscription; whatever is said of them. */
function pollOf({ orderId, lines }: PlacedOrder): fc.Arbitrary<Poll> {
  const answers = fc
    .shuffledSubarray(lines, { minLength: lines.length })
    .chain((shuffled) =>
      fc.tuple(
        ...shuffled.map(({ catalogItemId, quantity }) =>
          fc
            .record({ quantity: fc.constantFrom(quantity, 0), subscriptionId: fc.constantFrom('sub-8', 'sub-9') })
            .map((answer) => ({ catalogItemId, ...answer })),
        ),
      ),
    );
  const order = fc
    .tuple(answers, fc.constantFrom('pending' as const, 'completed' as const, 'cancelled' as const, 'unknown' as const))
    .map(([told, status]) => {
      const made = anOrder(
        orderId,
        told.map((line) => [line.catalogItemId, line.quantity]),
        { status },
      );
      const lineItems = made.lineItems.map((line, at) => ({ ...line, subscriptionId: told[at]?.subscriptionId }));
      return { ...made, lineItems };
    });
  const provisioning = fc.oneof(
    fc.array(lineStatus, { maxLength: 3 }).map((statuses) => ({
      kind: 'read' as const,
      value: statuses.map((status, lineItemNumber) => ({
        lineItemNumber,
        status,
        quantityProvisioningInformation: [],
      })),
    })),
    fc.constant({ kind: 'not-read' as const, what: 'provisioning' }),
  );
  return fc.record({ orderId: fc.constant(orderId), order, provisioning }, { requiredKeys: ['orderId'] });
}

const withPolls = placedOrder.chain((known) => fc.tuple(fc.constant(known), fc.array(pollOf(known), { maxLength: 5 })));
const orderSteps = [['pending', 'unknown'], ['completed'], ['cancelled']];
const stepOf = ({ status }: PlacedOrder) => orderSteps.findIndex((words) => words.includes(status));
const lineSteps = [undefined, 'pending', 'fulfilled', 'unfulfilled'];
const identity = ({ lineId, catalogItemId, quantity }: OrderedLine) => ({ lineId, catalogItemId, quantity });

test('an order never goes back, whatever is told of it in whatever order: neither it nor any of its lines', () => {
  fc.assert(
    fc.property(withPolls, ([known, polls]) => {
      polls.reduce((before, poll) => {
        const after = mergePoll(before, poll);
        expect(stepOf(after)).toBeGreaterThanOrEqual(stepOf(before));
        after.lines.forEach(({ provisioning }, at) =>
          expect(lineSteps.indexOf(provisioning)).toBeGreaterThanOrEqual(
            lineSteps.indexOf(before.lines[at]?.provisioning),
          ),
        );
        return after;
      }, known);
    }),
  );
});

test('what was ordered stays what it is: lines, items, quantities, and a subscription that was told', () => {
  fc.assert(
    fc.property(withPolls, ([known, polls]) => {
      const after = polls.reduce(mergePoll, known);
      expect(after).toMatchObject({ orderId: known.orderId, orderGroup: known.orderGroup });
      expect(after.lines.map(identity)).toEqual(known.lines.map(identity));
      known.lines.forEach(({ subscriptionId }, at) => {
        if (subscriptionId !== undefined) expect(after.lines[at]?.subscriptionId).toBe(subscriptionId);
      });
    }),
  );
});

test('of lines of the same item exactly those are cancelled that answer with quantity 0', () => {
  const quantities = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
  const shuffled = quantities.chain((all) =>
    fc.tuple(fc.constant(all), fc.subarray(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  fc.assert(
    fc.property(shuffled, ([all, cancelled, answered]) => {
      const lines = all.map((quantity, at) => ({ lineId: `${at}`, catalogItemId: 'P:S:A', quantity }));
      const known: PlacedOrder = { orderGroup: '0', orderId: 'order-1', status: 'pending', lines };
      const order = anOrder(
        'order-1',
        answered.map((one) => ['P:S:A', cancelled.includes(one) ? 0 : one]),
      );
      const after = mergePoll(known, { orderId: 'order-1', order });
      const gone = after.lines.filter(({ provisioning }) => provisioning === 'unfulfilled');
      expect(new Set(gone.map(({ quantity }) => quantity))).toEqual(new Set(cancelled));
      expect(new Set(after.lines.map(({ lineItemNumber }) => lineItemNumber)).size).toBe(all.length);
    }),
  );
});

const orders = placedOrders.filter((all) => all.length > 0);
const tracked = orders.chain((all) => fc.tuple(fc.constant(all), fc.tuple(...all.map(pollOf)), fc.boolean()));

test('a purchase ends only when every order is settled; as completed only with every line, as cancelled only with none', () => {
  const rejectedGroups = [{ orderGroup: '9', lineIds: ['9'], reason: { code: 'x', message: 'y', advice: 'z' } }];
  fc.assert(
    fc.property(tracked, fc.integer({ min: 1, max: 40 }), ([all, polls, isPartlyRefused], attempt) => {
      const purchase = aPurchase({
        stage: 'tracking',
        attempts: { tracking: attempt },
        orders: all,
        ...(isPartlyRefused ? { rejectedGroups } : {}),
      });
      const outcome = judgeOrders(purchase, polls, [15, 30], NOW);
      const { orders: after } = outcome.changes;
      expect(after.map(({ orderId }) => orderId)).toEqual(all.map(({ orderId }) => orderId));
      expect(outcome.kind).toBe(after.some((order) => isOpenOrder(order, purchase.offers)) ? 'retry' : 'complete');
      if (outcome.kind === 'retry') return expect([15, 30]).toContain(outcome.seconds);
      if (outcome.kind === 'hold') throw new Error('none of these orders needs a person');
      const live = after.flatMap(({ status, lines }) =>
        lines.map(({ provisioning }) => status === 'completed' && provisioning !== 'unfulfilled'),
      );
      expect(outcome.status === 'completed').toBe(!isPartlyRefused && live.every(Boolean));
      expect(outcome.status === 'cancelled').toBe(!live.some(Boolean));
    }),
  );
});

test('a second poll with the same answer changes nothing', () => {
  fc.assert(
    fc.property(tracked, ([all, polls]) => {
      const judge = (known: PlacedOrder[]) =>
        judgeOrders(aPurchase({ stage: 'tracking', orders: known }), polls, [15], NOW);
      const once = judge(all);
      expect(judge(once.changes.orders)).toEqual(once);
    }),
  );
});
