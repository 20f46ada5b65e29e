import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { buildCart } from '#functions/cart/build-cart';
import { cancelPurchase } from '#functions/operators/cancel-purchase';
import { resumePurchase } from '#functions/operators/resume-purchase';
import { isCheckoutUnclear } from '#shared/domain/purchase';
import { checkoutCart, createCart } from '#shared/partner-center/resources/carts';
import { withLedger } from '#test/proof/ending';
import { mayBeOurs } from '#functions/checkout/judge-verification';
import { anIntent, aPurchase, aRequest, CUSTOMER } from '#test/support/builders';
import { Machine } from '#test/support/machine';
import { oneLine } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';

/** Checkouts whose outcome is not known, where neither the cart nor the audit tells it. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '5', '--list-lag-seconds', '30']);
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

const request = aRequest(oneLine('DG7GMGF0D5P1', '0001').lines);
const always = { times: 1000 };
/** The cart is not found any more, and the audit must not be read. */
const silence = [
  { kind: 'error', route: 'getCart', status: 404, code: 800_008, ...always },
  { kind: 'error', route: 'listAuditRecords', status: 403, code: 2032, ...always },
];
const lostAnswer = { kind: 'lost-answer', route: 'checkout' };
const faults = (...all: object[]) => sandbox.control('/sandbox/faults', all);

/** Somebody buys the same by hand. Answers the order's id. */
async function buyByHand(machine: Machine, purchaseId: string): Promise<string> {
  const { purchase } = (await machine.look(purchaseId)).stored;
  const call = () => ({ requestId: randomUUID(), correlationId: randomUUID() });
  const cart = await createCart(sandbox.partnerCenter, CUSTOMER, buildCart(purchase), call());
  const { orders } = await checkoutCart(sandbox.partnerCenter, CUSTOMER, cart.id, call());
  return orders[0]?.id ?? '';
}

test('an order whose answer was lost is found in the list, when it is the only one of the time of the call', async () => {
  const machine = new Machine(sandbox);
  await faults(lostAnswer, ...silence);
  const { stored, orders } = await withLedger(sandbox, await machine.buy(request));
  expect(stored.purchase.status).toBe('completed');
  expect(stored.purchase.orders).toMatchObject([{ orderId: orders[0]?.orderId }]);
  expect(orders).toHaveLength(1);
});

test("somebody else's order of the same, made while no call of ours was under way, is never taken for ours", async () => {
  const machine = new Machine(sandbox);
  const purchaseId = await machine.accept(request);
  await machine.runUntilAt(purchaseId, 'checkout');
  const foreign = await buyByHand(machine, purchaseId);
  await sandbox.advance(600);
  await faults(lostAnswer, ...silence);
  const { stored, orders } = await withLedger(sandbox, await machine.run(purchaseId));
  expect(stored.purchase.orders?.map(({ orderId }) => orderId)).toEqual([orders[0]?.orderId]);
  expect(orders[0]?.orderId).not.toBe(foreign);
});

test('two purchases of the same for one customer in the same minutes, both without an answer, never share an order', async () => {
  const machine = new Machine(sandbox);
  await faults({ ...lostAnswer, times: 2 }, ...silence);
  const ids = [await machine.accept(request), await machine.accept(request)];
  for (const id of ids) await machine.run(id);
  const purchases = await Promise.all(ids.map(async (id) => (await machine.look(id)).stored.purchase));
  const taken = purchases.flatMap(({ orders = [] }) => orders.map(({ orderId }) => orderId));
  expect(new Set(taken).size).toBe(taken.length);
  expect(await sandbox.orders()).toHaveLength(2);
  for (const { status, reason } of purchases)
    expect(status === 'completed' || reason?.code === 'several-candidates').toBe(true);
});

test('an order that another purchase has claimed is not adopted, though it is the only one', async () => {
  const machine = new Machine(sandbox);
  const purchaseId = await machine.accept(request);
  await machine.runUntilAt(purchaseId, 'checkout');
  // The call never gets there; in the same minute another purchase buys the same.
  await faults({ kind: 'reset-before', route: 'checkout', times: 1 }, ...silence);
  await machine.runUntilSo(purchaseId, isCheckoutUnclear);
  const foreign = await buyByHand(machine, purchaseId);
  expect(await machine.deps.purchases.claimOrder(foreign, 'another-purchase')).toBe(true);
  const { stored } = await machine.run(purchaseId);
  expect(stored.purchase.orders?.map(({ orderId }) => orderId) ?? []).not.toContain(foreign);
});

test('an answer that can not be read is no answer: it is held, can not be cancelled, and resumes with its order', async () => {
  const machine = new Machine(sandbox);
  await faults({ kind: 'wrong-types', route: 'checkout' });
  const held = await machine.buy(request);
  expect(held.stored.purchase).toMatchObject({ status: 'held', reason: { code: 'unreadable-answer' } });
  expect(await cancelPurchase(held.stored.purchase.id, 'not wanted', machine.deps)).toMatchObject({
    kind: 'not-possible',
    why: expect.stringMatching(/not known yet\. Look again at \d{4}-/),
  });
  await resumePurchase(held.stored.purchase.id, 'looked at it', machine.deps);
  const { stored, orders } = await withLedger(sandbox, await machine.run(held.stored.purchase.id));
  expect(stored.purchase.status).toBe('completed');
  expect(orders).toHaveLength(1);
});

test('an order that the audit names under another correlation id is not ours', async () => {
  const machine = new Machine(sandbox);
  const purchaseId = await machine.accept(request);
  await machine.runUntilAt(purchaseId, 'checkout');
  const foreign = await buyByHand(machine, purchaseId);
  await faults(lostAnswer);
  const { stored } = await machine.run(purchaseId);
  expect(stored.purchase.status).toBe('completed');
  expect(stored.purchase.orders?.map(({ orderId }) => orderId)).not.toContain(foreign);
});

test('while an order of that time can not be read nothing is concluded from the list; resumed, it finds the order', async () => {
  const machine = new Machine(sandbox);
  await faults(lostAnswer, ...silence, {
    kind: 'change-answer',
    route: 'listOrders',
    at: 'items.0.lineItems',
    ...always,
  });
  const held = await machine.buy(request);
  expect(held.stored.purchase).toMatchObject({ status: 'held', reason: { code: 'unreadable-orders' } });
  await sandbox.clearFaults();
  await resumePurchase(held.stored.purchase.id, 'mended', machine.deps);
  const { stored, orders } = await withLedger(sandbox, await machine.run(held.stored.purchase.id));
  expect(stored.purchase.status).toBe('completed');
  expect(orders).toHaveLength(1);
});

test('an order of another time that can not be read does not stand in the way', () => {
  const [from, until] = ['2026-03-01T10:00:00.000Z', '2026-03-01T10:03:00.000Z'];
  const purchase = aPurchase({ checkoutIntent: anIntent({ unanswered: [{ from, until }] }) });
  expect(mayBeOurs(purchase, { creationDate: '2026-03-01T09:00:00.000Z' })).toBe(false);
  for (const raw of [{ creationDate: from }, { creationDate: 'yesterday' }, {}, 'odd', null])
    expect(mayBeOurs(purchase, raw)).toBe(true);
});
