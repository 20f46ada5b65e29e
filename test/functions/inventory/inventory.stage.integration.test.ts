import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { inventoryStage } from '#functions/inventory/inventory.stage';
import type { Offer } from '#shared/domain/purchase';
import { purchaseRequest } from '#shared/domain/purchase-request';
import { anOffer, aPurchase } from '#test/support/builders';
import { Machine } from '#test/support/machine';
import { oneLine, reservation, threeLines } from '#test/support/requests';
import { runStage } from '#test/support/run-stage';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';

/** The inventory check as a purchase meets it: against the sandbox. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '0', '--list-lag-seconds', '0']);
});
afterEach(() => sandbox.control('/sandbox/reset', {}));
afterAll(() => sandbox.stop());

const CHECK = 'POST /v1/extensions/product/checkInventory';

async function buy(request: unknown) {
  const before = (await sandbox.calls())[CHECK] ?? 0;
  const { stored } = await new Machine(sandbox).buy(purchaseRequest.parse(request));
  return { purchase: stored.purchase, checks: ((await sandbox.calls())[CHECK] ?? 0) - before };
}

const lost = { kind: 'lose-inventory', productId: 'DZH318Z0RVM1', skuId: '00B1' };

test('what asks for no inventory check gets none', async () => {
  expect(await buy(threeLines)).toMatchObject({ purchase: { status: 'completed' }, checks: 0 });
});

test('what asks for it is checked once and bought', async () => {
  expect(await buy(reservation)).toMatchObject({ purchase: { status: 'completed' }, checks: 1 });
});

test('lines with the same context are checked in one call', async () => {
  const lines = [...reservation.lines, ...reservation.lines];
  expect(await buy({ ...reservation, lines })).toMatchObject({ purchase: { status: 'completed' }, checks: 1 });
});

test('a restricted SKU is rejected with what Partner Center says of it', async () => {
  expect(await buy(oneLine('DZH318Z0RST1', '0001'))).toMatchObject({
    purchase: {
      status: 'rejected',
      stage: 'inventory',
      reason: { code: 'inventory', message: expect.stringMatching(/Line 1: DZH318Z0RST1\/0001.*japanwest/) },
    },
    checks: 1,
  });
  expect(await sandbox.orders()).toEqual([]);
});

test('one restricted SKU rejects the whole purchase', async () => {
  const lines = [...threeLines.lines, ...oneLine('DZH318Z0RST1', '0001').lines];
  expect(await buy({ ...threeLines, lines })).toMatchObject({
    purchase: { status: 'rejected', reason: { message: expect.stringContaining('Line 4') } },
  });
});

test('stock that runs out before the check rejects the purchase', async () => {
  await sandbox.control('/sandbox/faults', { ...lost, route: 'checkInventory' });
  expect(await buy(reservation)).toMatchObject({ purchase: { status: 'rejected', stage: 'inventory' } });
});

test('stock that runs out after the check holds the purchase at the cart: nothing is reserved by asking', async () => {
  await sandbox.control('/sandbox/faults', { ...lost, route: 'createCart' });
  expect(await buy(reservation)).toMatchObject({
    purchase: { status: 'held', stage: 'cart', reason: { code: '10003' } },
  });
  expect(await sandbox.orders()).toEqual([]);
});

/** A purchase of the reservation that has come to its inventory check with this offer. */
function atInventory(offer: Partial<Offer>, line: Record<string, unknown> = {}) {
  const lines = reservation.lines.map((one) => ({ ...one, ...line }));
  return aPurchase({
    stage: 'inventory',
    country: 'US',
    request: purchaseRequest.parse({ ...reservation, lines }),
    offers: [
      anOffer({
        productId: 'DZH318Z0RVM1',
        skuId: '00B1',
        inventoryVariables: ['customerId', 'azureSubscriptionId', 'armRegionName'],
        armRegionName: 'westeurope',
        ...offer,
      }),
    ],
  });
}

test('a SKU that names no variables is asked for with everything that is known', async () => {
  expect(await runStage(inventoryStage, atInventory({ inventoryVariables: [] }), sandbox)).toMatchObject({
    kind: 'advance',
    next: 'cart',
  });
});

test('a check for an Azure subscription that no line names is not even asked for', async () => {
  const purchase = atInventory({}, { azureSubscriptionId: undefined });
  const before = (await sandbox.calls())[CHECK];
  expect(await runStage(inventoryStage, purchase, sandbox)).toMatchObject({
    kind: 'reject',
    reason: { code: 'azure-subscription-missing', message: expect.stringContaining('Line 1: DZH318Z0RVM1/00B1') },
  });
  expect((await sandbox.calls())[CHECK]).toBe(before);
});

test('an item that Partner Center leaves out of its answer counts as not available', async () => {
  expect(await runStage(inventoryStage, atInventory({ productId: 'DZH318Z0NEW1' }), sandbox)).toMatchObject({
    kind: 'reject',
    reason: { code: 'inventory', message: expect.stringContaining('does not know DZH318Z0NEW1/00B1') },
  });
});
