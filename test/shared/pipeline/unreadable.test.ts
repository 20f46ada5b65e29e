import { expect, test } from '@jest/globals';
import { createCatalogueCache } from '#shared/pipeline/catalogue-cache';
import type { Outcome } from '#shared/pipeline/outcome';
import { createPurchaseStore } from '#shared/pipeline/purchase-store';
import { runStage } from '#shared/pipeline/run-stage';
import type { StageContext } from '#shared/pipeline/stage';
import { aCart, aPlacedOrder, aPurchase, NOW } from '#test/support/builders';
import { settings } from '#test/support/machine';
import { memoryTable, MemoryBus } from '#test/support/memory';

/** A stage that finds out what could not be read back: the purchase is held, and stays readable. */

const nobody = () => Promise.reject(new Error('nobody calls Partner Center here'));
const unreadableCart = aCart({ expiresAt: '+010000-01-01T07:59:59.000Z' });

async function after(run: (context: StageContext) => Promise<Outcome>) {
  const purchase = aPurchase({ stage: 'checkout', attempts: { checkout: 1 }, cart: aCart() });
  const purchases = createPurchaseStore(memoryTable());
  const history = { version: 1, at: NOW.toISOString(), stage: 'accept', attempt: 1, outcome: 'advance' } as const;
  await purchases.write({ purchase, pending: [], history: { ...history, note: '', milliseconds: 1 } });
  const deps = {
    bus: new MemoryBus(() => NOW),
    purchases,
    settings,
    partnerCenter: { send: nobody, download: nobody },
    cache: createCatalogueCache(60),
    log: () => undefined,
    now: () => NOW,
    newId: () => 'id',
  };
  const stage = { name: 'checkout' as const, run: (_purchase: unknown, context: StageContext) => run(context) };
  await runStage(stage, deps)({ purchaseId: purchase.id, stage: 'checkout', attempt: 1 }, false);
  return { before: purchase, after: (await purchases.readHistory(purchase.id))?.stored.purchase };
}

test('it is held with the reason, as it was before', async () => {
  const { before, after: held } = await after(async () => ({
    kind: 'retry',
    seconds: 5,
    note: '',
    changes: { cart: unreadableCart },
  }));
  expect(held).toMatchObject({
    status: 'held',
    stage: 'checkout',
    cart: before.cart,
    reason: {
      code: 'unreadable-state',
      message: expect.stringMatching(/purchase\.cart\.expiresAt.*Not kept:.*\+010000/s),
    },
  });
});

test('what was bought is kept all the same', async () => {
  const orders = [aPlacedOrder({ orderId: 'order-7' })];
  const { after: held } = await after(async () => ({
    kind: 'advance',
    next: 'tracking',
    note: '',
    changes: { cart: unreadableCart, orders },
  }));
  expect(held).toMatchObject({ status: 'held', orders });
});

test('so it is when the intent could not be read back: nothing is done after it', async () => {
  const done: string[] = [];
  const { after: held } = await after(async (context) => {
    await context.intend({ cart: unreadableCart }, 'about to');
    done.push('bought');
    return { kind: 'advance', next: 'tracking', note: '' };
  });
  expect(held).toMatchObject({ status: 'held', reason: { code: 'unreadable-state' } });
  expect(done).toEqual([]);
});
