import { expect, test } from '@jest/globals';
import { stageNames, type Purchase, type StageName } from '#shared/domain/purchase';
import { createSeal, type Seal } from '#shared/domain/seal';
import type { LogLevel } from '#shared/log';
import { createCatalogueCache } from '#shared/pipeline/catalogue-cache';
import { createPurchaseStore } from '#shared/pipeline/purchase-store';
import { sendPending } from '#shared/pipeline/outbox';
import { isProven, sealed } from '#shared/pipeline/sealed-snapshot';
import { runStage, type StageDeps } from '#shared/pipeline/run-stage';
import { aCart, aPurchase, aRequest, CUSTOMER, NOW } from '#test/support/builders';
import { settings } from '#test/support/machine';
import { anEtag, memoryTable, MemoryBus } from '#test/support/memory';

/** Messages to a stage that the pipeline never sent: somebody else has the right to send to one of its queues. */

const nobody = () => Promise.reject(new Error('nobody calls Partner Center here'));

/** A purchase that waits at a stage, and a stage that says which purchase it was given. */
async function situation(stage: StageName, rest: Partial<Purchase> = {}, seal?: Seal) {
  const purchase = aPurchase({ stage, attempts: { [stage]: 2 }, ...rest });
  const purchases = createPurchaseStore(memoryTable());
  const history = { version: 1, at: NOW.toISOString(), stage: 'accept', attempt: 1, outcome: 'advance' } as const;
  const etag = await purchases.write({ purchase, pending: [], history: { ...history, note: '', milliseconds: 1 } });
  const bus = new MemoryBus(() => NOW);
  const logged: LogLevel[] = [];
  const deps: StageDeps = {
    bus: { seal, send: (...args) => bus.send(...args) },
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
  'without a seal, stage %s, which changes something at Partner Center before its first write, believes the row and not the snapshot',
  async (stage) => {
    const { run, honest, given, purchase } = await situation(stage);
    const forged = { ...purchase, request: aRequest([{ quantity: 500 }], { customerId: CUSTOMER }) };
    await run({ ...honest, snapshot: { ...honest.snapshot, purchase: forged } });
    expect(given).toEqual([purchase]);
  },
);

test.each(['discovery', 'inventory', 'checkout', 'tracking'] as const)(
  'without a seal, stage %s reads no row when all goes well: its first write proves the snapshot',
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

const ours = createSeal('k'.repeat(32));

test.each(stageNames)('a snapshot that the pipeline itself has signed spares stage %s the reading', async (stage) => {
  const { run, honest, given, purchase, purchases } = await situation(stage, {}, ours);
  let reads = 0;
  const read = purchases.read.bind(purchases);
  purchases.read = (id) => (reads++, read(id));
  // It goes over the wire.
  await run(JSON.parse(JSON.stringify(sealed(honest, ours))));
  expect([given, reads]).toEqual([[purchase], 0]);
});

type Sealed = ReturnType<typeof sealed>;

test.each<[string, (message: Sealed) => Sealed]>([
  ['without a signature', ({ seal: _left, ...message }) => message],
  ['with a signature that is none', (message) => ({ ...message, seal: 'x' })],
  ['with the signature of somebody else', (message) => sealed(message, createSeal('o'.repeat(32)))],
  [
    'with the signature of another attempt',
    (message) => ({ ...message, seal: sealed({ ...message, attempt: 1 }, ours).seal }),
  ],
])('a snapshot %s is not believed, though its ETag is right: the row is read', async (_what, forge) => {
  const { run, honest, given, purchase } = await situation('discovery', {}, ours);
  const { etag } = honest.snapshot;
  const forged = { ...purchase, request: aRequest([{ quantity: 500 }]) };
  const message = forge(sealed(honest, ours));
  await run({ ...message, snapshot: { etag, purchase: forged } });
  expect(given).toEqual([purchase]);
});

test('what the outbox sends is signed', async () => {
  const bus = new MemoryBus(() => NOW);
  const purchase = aPurchase({ stage: 'cart', attempts: { cart: 1 } });
  const pending = [{ kind: 'stage', stage: 'cart', attempt: 1 } as const];
  await sendPending({ seal: ours, send: (...args) => bus.send(...args) }, { purchase, pending, etag: anEtag() });
  expect(bus.queued.map(({ body }) => isProven(body, ours))).toEqual([true]);
});
