import { afterEach, expect, test } from '@jest/globals';
import { newDataDir, removeDataDir, type Running, startProcess } from './support';
import { Shopper } from './shopper';

const dataDir = newDataDir();
let sandbox: Running | undefined;
afterEach(async () => {
  await sandbox?.end('SIGKILL');
  removeDataDir(dataDir);
});

test('what was answered is still there after SIGKILL, once', async () => {
  sandbox = await startProcess(dataDir, ['--order-delay-seconds', '0']);
  const before = new Shopper(sandbox.base);
  const cart = await before.createCart([await before.line('DG7GMGF0D5P1', '0001')]);
  const placed = await before.checkout(cart.id, { 'MS-RequestId': 'one' });
  expect(placed.status).toBe(201);
  await sandbox.end('SIGKILL');

  sandbox = await startProcess(dataDir);
  const after = new Shopper(sandbox.base);
  const repeated = await after.checkout(cart.id, { 'MS-RequestId': 'one' });
  expect(repeated).toEqual(placed);
  expect((await after.ledger()).orders.map((order) => order.cartId)).toEqual([cart.id]);
});
