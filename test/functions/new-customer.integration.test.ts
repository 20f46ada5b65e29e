import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { purchaseRequest } from '#shared/domain/purchase-request';
import { CUSTOMER } from '#test/support/builders';
import { Machine } from '#test/support/machine';
import { oneLine, reservation } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';

/** A customer that was just made is not found for some minutes: that is no verdict yet. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '0', '--list-lag-seconds', '0']);
});
afterEach(async () => {
  await sandbox.reset();
  await sandbox.clearFaults();
});
afterAll(() => sandbox.stop());

async function buy(request: object) {
  const { stored, history } = await new Machine(sandbox).buy(purchaseRequest.parse(request));
  const waits = history.filter(({ outcome }) => outcome === 'retry');
  return {
    ...stored.purchase,
    waits,
    waited: (Date.parse(stored.purchase.updatedAt) - Date.parse(stored.purchase.acceptedAt)) / 1000,
  };
}

const software = oneLine('DG7GMGF0D5P1', '0001');

test('a purchase for a customer that is found 90 seconds later is bought then, once', async () => {
  await sandbox.control(`/sandbox/customers/${CUSTOMER}`, { unknownForSeconds: 90 });
  const bought = await buy(software);
  expect(bought.status).toBe('completed');
  expect(bought.waits.map(({ note }) => note)).toContainEqual(expect.stringContaining('60003'));
  expect(bought.waited).toBeGreaterThanOrEqual(90);
  expect(bought.waited).toBeLessThan(240);
  expect(await sandbox.orders()).toHaveLength(1);
});

test.each([
  ['createCart', 404, 60_003],
  ['checkout', 404, 60_003],
  ['getCustomer', 404, 1000],
  ['createCart', 400, 900_118],
  ['checkInventory', 404, 60_003],
  ['getRegistration', 404, 1000],
])('%s that answers %d/%d at first is tried again, and the purchase is bought once', async (route, status, code) => {
  await sandbox.control('/sandbox/faults', { kind: 'error', route, status, code, times: 4 });
  const isOfReservations = route === 'checkInventory' || route === 'getRegistration';
  expect(await buy(isOfReservations ? reservation : software)).toMatchObject({ status: 'completed' });
  expect(await sandbox.orders()).toHaveLength(1);
});

test('a customer that stays unknown is rejected after a quarter of an hour, with growing pauses, and with how to try again', async () => {
  await sandbox.control(`/sandbox/customers/${CUSTOMER}`, { unknownForSeconds: 1_000_000 });
  const rejected = await buy(software);
  expect(rejected).toMatchObject({
    status: 'rejected',
    reason: { code: '60003', advice: expect.stringContaining('new request id') },
  });
  expect(rejected.waited).toBeGreaterThanOrEqual(900);
  expect(rejected.waited).toBeLessThan(1300);
  expect(rejected.waits.length).toBeLessThan(12);
});
