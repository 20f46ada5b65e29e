import { expect, test } from '@jest/globals';
import type { Purchase, StageName } from '#shared/domain/purchase';
import type { LogLevel } from '#shared/log';
import { createCatalogueCache } from '#shared/pipeline/catalogue-cache';
import { createPurchaseStore } from '#shared/pipeline/purchase-store';
import { runStage, type StageDeps } from '#shared/pipeline/run-stage';
import { aCart, aPurchase, aRequest, CUSTOMER, NOW } from '#test/support/builders';
import { settings } from '#test/support/machine';
import { anEtag, memoryTable, MemoryBus } from '#test/support/memory';

/** Messages to a stage that the pipeline never sent: somebody else has the right to send to one of its queues. */

const nobody = () => Promise.reject(new Error('nobody calls Partner Center here'));

/** A purchase that waits at a stage, and a stage that says which purchase it was given. */
async function situation(stage: StageName, rest: Partial<Purchase> = {}) {
  const purchase = aPurchase({ stage, attempts: { [stage]: 2 }, ...rest });
  const purchases = createPurchaseStore(memoryTable());
  const history = { version: 1, at: NOW.toISOString(), stage: 'accept', attempt: 1, outcome: 'advance' } as const;
  const etag = await purchases.write({ purchase, pending: [], history: { ...history, note: '', milliseconds: 1 } });
  const bus = new MemoryBus(() => NOW);
  const logged: LogLevel[] = [];
  const deps: StageDeps = {
    bus,
    purchases,
    settings,
    partnerCenter: { send: nobody, download: nobody },
    cache: createCatalogueCache(60),
    log: (level) => logged.push(level),
    now: () => NOW,
    newId: () => 'id',
  };
  const given: Purchase[] = [];
  const run = (body: unknown, on: StageName = stage) =>
    runStage(
      {
        name: on,
        run: async (one) => {
          given.push(one);
          return { kind: 'retry', seconds: 1, note: '' };
        },
      },
      deps,
    )(body, false);
  const honest = { purchaseId: purchase.id, stage, attempt: 2, snapshot: { etag: etag ?? '', purchase } };
  return { run, honest, purchase, given, logged, unprocessable: () => bus.queued.filter(isUnprocessable), purchases };
}

const isUnprocessable = ({ entity }: { entity: string }) => entity === 'unprocessable-messages';

const STRANGER = '00000000-0000-5000-8000-00000000dead';

test.each<[string, (honest: Awaited<ReturnType<typeof situation>>['honest']) => unknown]>([
  ['whose ETag is a wildcard', (m) => ({ ...m, snapshot: { ...m.snapshot, etag: '*' } })],
  ['whose ETag is a weak wildcard', (m) => ({ ...m, snapshot: { ...m.snapshot, etag: 'W/"*"' } })],
  [
    'whose ETag names several states',
    (m) => ({ ...m, snapshot: { ...m.snapshot, etag: `${anEtag(1)}, ${anEtag(2)}` } }),
  ],
  ['whose snapshot is of another purchase', (m) => ({ ...m, purchaseId: STRANGER })],
  [
    'whose snapshot is at another stage',
    (m) => ({ ...m, snapshot: { ...m.snapshot, purchase: { ...m.snapshot.purchase, stage: 'tracking' } } }),
  ],
  ['whose snapshot waits for another attempt', (m) => ({ ...m, attempt: 3 })],
  [
    'whose snapshot is over',
    (m) => ({ ...m, snapshot: { ...m.snapshot, purchase: { ...m.snapshot.purchase, status: 'quoted' } } }),
  ],
  ['that belongs on another queue', ({ snapshot: _left, ...m }) => ({ ...m, stage: 'checkout' })],
])('a message %s is one unprocessable message and an error in the log; no stage sees it', async (_what, forge) => {
  const { run, honest, given, logged, unprocessable, purchases, purchase } = await situation('discovery');
  await run(forge(honest));
  expect({ given, logged, count: unprocessable().length }).toEqual({ given: [], logged: ['error'], count: 1 });
  expect((await purchases.read(purchase.id))?.purchase).toEqual(purchase);
});

test('a message for a purchase at checkout runs no other stage on it', async () => {
  const { run, honest, given, unprocessable } = await situation('checkout', { cart: aCart() });
  await run({ ...honest, snapshot: undefined }, 'discovery');
  expect([given, unprocessable().length]).toEqual([[], 1]);
});

test.each(['enablement', 'cart'] as const)(
  'stage %s changes something at Partner Center before its first write, so it believes the row and not the snapshot',
  async (stage) => {
    const { run, honest, given, purchase } = await situation(stage);
    const forged = { ...purchase, request: aRequest([{ quantity: 500 }], { customerId: CUSTOMER }) };
    await run({ ...honest, snapshot: { ...honest.snapshot, purchase: forged } });
    expect(given).toEqual([purchase]);
  },
);

test.each(['discovery', 'inventory', 'checkout', 'tracking'] as const)(
  'stage %s reads no row when all goes well: its first write proves the snapshot',
  async (stage) => {
    const { run, honest, given, purchase, purchases } = await situation(stage);
    let reads = 0;
    const read = purchases.read.bind(purchases);
    purchases.read = (id) => (reads++, read(id));
    await run(honest);
    expect([given, reads]).toEqual([[purchase], 0]);
  },
);

test('a forged content under an ETag that is not of now comes to nothing', async () => {
  const { run, honest, given, purchase, purchases } = await situation('discovery');
  const forged = { ...purchase, request: aRequest([{ quantity: 500 }]) };
  await run({ ...honest, snapshot: { etag: anEtag(999), purchase: forged } });
  expect(given.at(-1)).toEqual(purchase);
  expect((await purchases.read(purchase.id))?.purchase.request).toEqual(purchase.request);
});
