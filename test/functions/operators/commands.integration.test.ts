import type { PlacedOrder } from '#shared/domain/purchase';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { cancelPurchase } from '#functions/operators/cancel-purchase';
import { judgeCancel } from '#functions/operators/judge-cancel';
import { markPurchaseFailed } from '#functions/operators/mark-failed';
import { MOST_FAILURES, receiveDeadLetter } from '#functions/operators/receive-dead-letter';
import { resumePurchase } from '#functions/operators/resume-purchase';
import { aCart, aPlacedOrder, aPurchase, aRequest, NOW, anIntent } from '#test/support/builders';
import { Machine } from '#test/support/machine';
import { deadLetterOf, type Delivery } from '#test/support/memory';
import { threeLines } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { eventsInOrder, withLedger } from '#test/proof/ending';

let sandbox: TestSandbox;
let machine: Machine;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '5', '--list-lag-seconds', '30']);
});
beforeEach(() => {
  machine = new Machine(sandbox);
});
afterAll(() => sandbox.stop());

const request = aRequest(threeLines.lines);
/** Partner Center wants the Microsoft Customer Agreement first: a person has to see to it. */
const agreementMissing = { kind: 'error', route: 'createCart', status: 403, code: 13605 };

async function heldAtCart(): Promise<string> {
  await sandbox.control('/sandbox/faults', agreementMissing);
  const purchaseId = await machine.accept(request);
  const { stored } = await machine.run(purchaseId);
  expect(stored.purchase).toMatchObject({ status: 'held', stage: 'cart', reason: { code: '13605' } });
  return purchaseId;
}

test('a held purchase is resumed at the stage that held it, and completes', async () => {
  const purchaseId = await heldAtCart();
  expect(await resumePurchase(purchaseId, 'agreement confirmed', machine.deps)).toMatchObject({ kind: 'done' });
  const { stored, groups, events } = await withLedger(sandbox, await machine.run(purchaseId));
  expect(stored.purchase.status).toBe('completed');
  expect(stored.purchase).not.toHaveProperty('reason.code');
  expect(groups).toEqual(['0', '1']);
  expect(eventsInOrder(events)).toEqual([
    '1 accepted',
    '2 discovered',
    '3 held',
    '4 resumed',
    '5 carted',
    '6 order-placed',
    '7 order-placed',
    '8 order-completed',
    '9 order-completed',
    '10 completed',
  ]);
});

test('a resumed purchase has a watchdog again', async () => {
  const purchaseId = await heldAtCart();
  await resumePurchase(purchaseId, 'agreement confirmed', machine.deps);
  // The message to the cart is lost; only the watchdog is left.
  const { queued } = machine.bus;
  queued.splice(
    queued.findIndex(({ entity }) => entity === 'purchase-cart'),
    1,
  );
  expect((await machine.run(purchaseId)).stored.purchase.status).toBe('completed');
});

test('only held purchases can be resumed or given up', async () => {
  const { stored } = await machine.buy(request);
  const { id } = stored.purchase;
  expect(await resumePurchase(id, '', machine.deps)).toMatchObject({
    kind: 'not-possible',
    why: expect.stringContaining('completed'),
  });
  expect(await markPurchaseFailed(id, '', machine.deps)).toMatchObject({ kind: 'not-possible' });
  expect(await resumePurchase('00000000-0000-5000-8000-000000000000', '', machine.deps)).toEqual({ kind: 'not-found' });
});

test('a purchase that was given up is failed, tells so, and stays so', async () => {
  const purchaseId = await heldAtCart();
  expect(await markPurchaseFailed(purchaseId, 'customer left', machine.deps)).toMatchObject({ kind: 'done' });
  const { stored, events } = await machine.run(purchaseId);
  expect(stored.purchase.status).toBe('failed');
  expect(eventsInOrder(events)).toEqual(['1 accepted', '2 discovered', '3 held', '4 failed']);
  expect(await resumePurchase(purchaseId, '', machine.deps)).toMatchObject({ kind: 'not-possible' });
});

test.each(['purchase-discovery', 'purchase-cart', 'purchase-checkout'])(
  'a purchase whose message still waits on %s is cancelled at once, and nothing is bought',
  async (queue) => {
    const purchaseId = await machine.accept(request);
    await machine.runUntil(queue);
    expect(await cancelPurchase(purchaseId, 'changed their mind', machine.deps)).toMatchObject({ kind: 'done' });
    const { stored, orders, events } = await withLedger(sandbox, await machine.run(purchaseId));
    expect(stored.purchase.status).toBe('cancelled');
    expect(orders).toEqual([]);
    expect(eventsInOrder(events).at(-1)).toMatch('cancelled');
  },
);

const software = aRequest([{ productId: 'DG7GMGF0D5P1', skuId: '0001', quantity: 2 }]);

test('software that is bought is cancelled through Partner Center while its window is open', async () => {
  const { stored } = await machine.buy(software);
  expect(await cancelPurchase(stored.purchase.id, 'wrong product', machine.deps)).toMatchObject({ kind: 'done' });
  const after = await machine.run(stored.purchase.id);
  expect(after.stored.purchase).toMatchObject({ status: 'cancelled', orders: [{ status: 'cancelled' }] });
  expect(eventsInOrder(after.events).slice(-2)).toEqual(['7 order-cancelled', '8 cancelled']);
});

test('what Partner Center does not cancel stays bought, and the reason is its own', async () => {
  const saas = aRequest([
    { productId: 'DZH318Z0CSA1', skuId: '0001', quantity: 1, termDuration: 'P1M', billingCycle: 'monthly' },
  ]);
  const { stored } = await machine.buy(saas);
  const before = stored.purchase.sequence;
  expect(await cancelPurchase(stored.purchase.id, '', machine.deps)).toMatchObject({ kind: 'done' });
  const after = await machine.run(stored.purchase.id);
  expect(after.stored.purchase).toMatchObject({ status: 'completed', sequence: before });
  expect(after.stored.purchase.cancellation).toBeUndefined();
  expect(after.history.at(-1)?.note).toMatch(/not cancelled: order \S+: cancel order failed/);
});

test('of software and a subscription the software is cancelled, as far as the orders come before the refused one', async () => {
  const { stored } = await machine.buy(request);
  const isSoftware = ({ lines }: PlacedOrder) => lines.some((line) => line.catalogItemId.startsWith('DG7GMGF0D5P1'));
  const comesFirst = stored.purchase.orders?.findIndex(isSoftware) === 0;
  await cancelPurchase(stored.purchase.id, 'no servers', machine.deps);
  const { purchase } = (await machine.run(stored.purchase.id)).stored;
  expect(purchase.status).toBe(comesFirst ? 'partially-completed' : 'completed');
  const cancelled = purchase.orders?.filter(({ status }) => status === 'cancelled') ?? [];
  expect(cancelled.every(isSoftware)).toBe(true);
  expect(cancelled).toHaveLength(comesFirst ? 1 : 0);
});

test('a cancellation whose answer was lost is recognised by the order itself', async () => {
  const { stored } = await machine.buy(software);
  await sandbox.control('/sandbox/faults', { kind: 'lost-answer', route: 'cancelOrder' });
  await cancelPurchase(stored.purchase.id, '', machine.deps);
  expect((await machine.run(stored.purchase.id)).stored.purchase.status).toBe('cancelled');
});

test('a cancellation without an answer is not taken for a refused one: the effect that comes late counts', async () => {
  const { stored } = await machine.buy(software);
  // The first call is not heard; its repeat is refused while the first is still under way.
  await sandbox.control('/sandbox/faults', [
    { kind: 'reset-before', route: 'cancelOrder' },
    { kind: 'error', route: 'cancelOrder', status: 400, code: 800061, times: 5 },
  ]);
  await cancelPurchase(stored.purchase.id, '', machine.deps);
  await machine.runUntilSo(stored.purchase.id, ({ attempts }) => (attempts.tracking ?? 0) > 6);
  expect((await machine.look(stored.purchase.id)).stored.purchase.status).toBe('open');
  await sandbox.clearFaults();
  expect((await machine.run(stored.purchase.id)).stored.purchase.status).toBe('cancelled');
});

test('of orders of which one is cancelled and one is still pending, the pending one is followed to its end', async () => {
  await sandbox.control('/sandbox/settings', { orderDelaySeconds: 600 });
  const purchaseId = await machine.accept(request);
  await machine.runUntilAt(purchaseId, 'tracking');
  await cancelPurchase(purchaseId, 'no servers', machine.deps);
  const { purchase } = (await machine.run(purchaseId)).stored;
  expect(['partially-completed', 'completed', 'cancelled']).toContain(purchase.status);
  expect(purchase.orders?.filter(({ status }) => status === 'pending')).toEqual([]);
});

const unclear = aPurchase({
  status: 'held',
  stage: 'checkout',
  cart: aCart(),
  checkoutIntent: anIntent({ startedAt: NOW.toISOString(), leaseEndsAt: NOW.toISOString() }),
});

test.each([
  ['open at cart', aPurchase({ stage: 'cart' }), 'at-once'],
  ['held at cart', aPurchase({ stage: 'cart', status: 'held' }), 'at-once'],
  ['held with an unclear checkout', unclear, 'no'],
  [
    'with a checkout that was answered with a no',
    { ...unclear, answersByOperation: { 'checkout/cart-1': 1 } },
    'at-once',
  ],
  ['trying failed groups again', aPurchase({ stage: 'checkout', cart: aCart(), orders: [aPlacedOrder()] }), 'no'],
  ['completed with orders', aPurchase({ status: 'completed', orders: [aPlacedOrder()] }), 'orders-first'],
  ['rejected', aPurchase({ status: 'rejected' }), 'no'],
  ['cancelled before', aPurchase({ status: 'cancelled' }), 'no'],
] as const)('cancelling a purchase that is %s', (_what, purchase, kind) => {
  expect(judgeCancel(purchase, NOW).kind).toBe(kind);
});

/** A dead letter with that body, or the one that a delivery becomes. */
const aDeadLetter = (rest: Partial<Delivery> = {}) =>
  deadLetterOf({
    entity: 'any',
    messageId: 'm',
    body: Buffer.from('x'),
    sentAt: 0,
    notBefore: 0,
    count: 1,
    ...rest,
    properties: { DeadLetterReason: 'MaxDeliveryCountExceeded', DeadLetterErrorDescription: 'five times' },
  });

test("a stage's dead letter holds the purchase that waits for it, which can then be resumed", async () => {
  const purchaseId = await machine.accept(request);
  await machine.runUntil('purchase-cart');
  const deadLetter = machine.bus.takeNext();
  await receiveDeadLetter('purchase-cart', machine.deps)(aDeadLetter(deadLetter));
  expect((await machine.run(purchaseId)).stored.purchase).toMatchObject({
    status: 'held',
    reason: { code: 'dead-letter' },
  });
  await resumePurchase(purchaseId, 'bug fixed', machine.deps);
  expect((await machine.run(purchaseId)).stored.purchase.status).toBe('completed');
});

test('the dead letter of a step that was done all the same changes nothing', async () => {
  const purchaseId = await machine.accept(request);
  await machine.runUntil('purchase-cart');
  const deadLetter = machine.bus.peekNext();
  const { stored } = await machine.run(purchaseId);
  await receiveDeadLetter('purchase-cart', machine.deps)(aDeadLetter(deadLetter));
  expect((await machine.look(purchaseId)).stored).toEqual(stored);
});

test("a dead letter that is no stage message goes to unprocessable-messages with the broker's reason", async () => {
  await receiveDeadLetter('purchase-requests', machine.deps)(aDeadLetter());
  expect(machine.bus.queued).toMatchObject([
    {
      entity: 'unprocessable-messages',
      body: Buffer.from('x'),
      properties: {
        DeadLetterReason: 'dead-letter',
        DeadLetterErrorDescription: 'MaxDeliveryCountExceeded: five times',
        originalMessageId: 'm',
      },
    },
  ]);
});

test('a watchdog that became a dead letter is scheduled again', async () => {
  const body = { purchaseId: '00000000-0000-5000-8000-000000000000', tick: 3, seenVersion: 7 };
  await receiveDeadLetter('purchase-watchdog', machine.deps)(aDeadLetter({ body }));
  expect(machine.bus.queued).toMatchObject([{ entity: 'purchase-watchdog', body: { ...body, tick: 4 } }]);
});

test('a dead letter that can not be handled again and again ends, once, among the unprocessable messages', async () => {
  const purchaseId = await machine.accept(request);
  await machine.runUntil('purchase-cart');
  const delivery = machine.bus.takeNext();
  const body = Buffer.from(JSON.stringify(delivery?.body));
  await receiveDeadLetter('purchase-cart', machine.deps)(aDeadLetter({ body, count: MOST_FAILURES + 1 }));
  expect(machine.bus.queued.filter(({ entity }) => entity === 'unprocessable-messages')).toMatchObject([
    { body, properties: { DeadLetterErrorDescription: expect.stringContaining(`failed ${MOST_FAILURES} times`) } },
  ]);
  expect((await machine.look(purchaseId)).stored.purchase.status).toBe('open');
});
