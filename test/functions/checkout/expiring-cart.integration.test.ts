import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { resumePurchase } from '#functions/operators/resume-purchase';
import { aRequest } from '#test/support/builders';
import { Machine } from '#test/support/machine';
import { threeLines } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { withLedger } from '#test/proof/ending';

/** Carts that expire before they can be checked out. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '0', '--list-lag-seconds', '0']);
});
afterAll(() => sandbox.stop());

const lifeOfCarts = (cartLifeSeconds: number) => sandbox.control('/sandbox/settings', { cartLifeSeconds });

test('a cart that expired while its message waited is replaced by a new one, which is bought', async () => {
  await lifeOfCarts(900);
  const machine = new Machine(sandbox);
  const purchaseId = await machine.accept(aRequest(threeLines.lines));
  await machine.runUntil('purchase-checkout');
  await sandbox.advance(900);
  const { stored, groups, history } = await withLedger(sandbox, await machine.run(purchaseId));
  expect(stored.purchase).toMatchObject({ status: 'completed', attempts: { cart: 2, checkout: 2 } });
  expect(groups).toEqual(['0', '1']);
  expect(history.map(({ note }) => note)).toContainEqual(expect.stringMatching(/^cart-expired: /));
});

test('carts that always expire before checkout are a question to a person, not a loop', async () => {
  await lifeOfCarts(30);
  const machine = new Machine(sandbox);
  const { stored, groups } = await withLedger(sandbox, await machine.buy(aRequest(threeLines.lines)));
  expect(stored.purchase).toMatchObject({
    status: 'held',
    stage: 'checkout',
    attempts: { cart: 2 },
    reason: { code: 'cart-expired', advice: expect.stringContaining('resume') },
  });
  expect(groups).toEqual([]);

  await lifeOfCarts(900);
  await resumePurchase(stored.purchase.id, 'carts live longer now', machine.deps);
  const ended = await withLedger(sandbox, await machine.run(stored.purchase.id));
  expect({ status: ended.stored.purchase.status, groups: ended.groups }).toEqual({
    status: 'completed',
    groups: ['0', '1'],
  });
});
