import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Machine } from '#test/support/machine';
import { aRequest } from '#test/support/builders';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import type { CrashPoint } from '#test/support/crashes';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '5', '--list-lag-seconds', '30']);
});
afterAll(() => sandbox.stop());

/** Three lines in two order groups. */
const request = aRequest([
  { productId: 'DZH318Z0CSA1', skuId: '0001', quantity: 5, termDuration: 'P1M', billingCycle: 'monthly' },
  { productId: 'DG7GMGF0D5P1', skuId: '0001', quantity: 2 },
  { productId: 'CFQ7TTC0LH18', skuId: '0001', quantity: 1, termDuration: 'P1Y', billingCycle: 'monthly' },
]);

/** Buys, and says what the sandbox's ledger has of this purchase. */
async function buy(points: CrashPoint[]) {
  const ending = await new Machine(sandbox, points).buy(request);
  const orders = (await sandbox.orders()).filter(({ cartId }) => cartId === ending.stored.purchase.cart?.id);
  return { ...ending, groups: orders.map(({ orderGroup }) => orderGroup).toSorted() };
}

test('a purchase that dies nowhere completes with one order per group', async () => {
  const { stored, groups, events } = await buy([]);
  expect(stored.purchase.status).toBe('completed');
  expect(groups).toEqual([...new Set(groups)]);
  expect(groups).toHaveLength(2);
  expect(events.map(({ type }) => type.split('.')[2])).toEqual([
    'accepted',
    'discovered',
    'carted',
    'placed',
    'completed',
  ]);
});

test('a process that dies before or after any one effect buys the same, once, and tells the same', async () => {
  const calm = await buy([]);
  const tale = (events: typeof calm.events) => events.map(({ type, sequence }) => `${sequence} ${type}`).toSorted();
  for (let effect = 1; effect <= calm.effects; effect++) {
    for (const when of ['before', 'after'] as const) {
      const { stored, groups, events } = await buy([{ effect, when }]);
      expect({
        effect,
        when,
        status: stored.purchase.status,
        groups,
        tale: tale(events),
        pending: stored.pending,
      }).toEqual({
        effect,
        when,
        status: 'completed',
        groups: calm.groups,
        tale: tale(calm.events),
        pending: [],
      });
    }
  }
});
