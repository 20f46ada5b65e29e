import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import topology from '#topology';
import { readPurchase } from '@cartage/stack/client';
import { eventually } from '@cartage/stack/eventually';
import { startLocalStack, type LocalStack } from '#test/support/local-stack';
import { threeLines } from '#test/support/requests';

/**
 * A process that dies keeps its locks until they are over, as on Azure. Five seconds instead of thirty, so that a test
 * need not wait long for them.
 */
function brokerWithShortLocks(folder: string): string[] {
  const file = join(folder, 'topology.json');
  const short = { ...topology, queueDefaults: { ...topology.queueDefaults, lockDuration: 'PT5S' } };
  writeFileSync(file, JSON.stringify(short));
  return ['--config', file];
}

/** The sandbox takes its time, so that a purchase is in the middle of something when a part is killed. */
let local: LocalStack;
const folder = mkdtempSync(join(tmpdir(), 'cartage-kill-'));
beforeAll(async () => {
  local = await startLocalStack({
    brokerArgs: brokerWithShortLocks(folder),
    sandboxArgs: ['--latency-ms', '150'],
    env: { CHECKOUT_TIMEOUT_SECONDS: '3', WATCHDOG_SECONDS: '5' },
  });
}, 60_000);
afterAll(async () => {
  await local.stop();
  rmSync(folder, { recursive: true });
});

test.each(['host', 'broker', 'sandbox'] as const)(
  'killing the %s in the middle of three purchases leaves each with one order per group in the end',
  async (part) => {
    const first = await local.buy(`kill-${part}-first`, threeLines);
    await reaches(first, 'cart');
    const second = await local.buy(`kill-${part}-second`, threeLines);
    await reaches(first, 'checkout');
    const third = await local.buy(`kill-${part}-third`, threeLines);
    await local.stack.kill(part);
    await local.stack.restart(part);
    for (const purchaseId of [first, second, third]) {
      const view = await local.ending(purchaseId);
      expect(view).toMatchObject({ status: 'completed' });
      const orders = await local.ordersOf(view);
      expect(orders.map(({ orderGroup }) => orderGroup).toSorted()).toEqual(['0', '1']);
      expect(orders.map(({ orderId }) => orderId).toSorted()).toEqual(
        view.orders?.map(({ orderId }) => orderId).toSorted(),
      );
    }
  },
  90_000,
);

/** Waits until a purchase is at a stage, or past it. */
async function reaches(purchaseId: string, stage: 'cart' | 'checkout'): Promise<void> {
  await eventually(`stage ${stage}`, async () => {
    const view = await readPurchase(local.crm, purchaseId);
    return view?.history.some((entry) => entry.stage === 'discovery' && (stage === 'cart' || view.cart)) || undefined;
  });
}
