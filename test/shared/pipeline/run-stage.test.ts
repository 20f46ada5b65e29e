import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { actOnPurchase } from '#functions/operators/run-command';
import type { Transport } from '#shared/partner-center/http/transport';
import { createCatalogueCache } from '#shared/pipeline/catalogue-cache';
import type { OperatorOutcome, Outcome } from '#shared/pipeline/outcome';
import { createPurchases } from '#shared/pipeline/purchase-store';
import { stageRunner, type Stage, type StageDeps } from '#shared/pipeline/run-stage';
import { intention } from '#shared/pipeline/transition';
import type { Purchase } from '#shared/domain/purchase';
import { failure } from '#test/support/arbitraries';
import { aPlacedOrder, aPurchase, NOW } from '#test/support/builders';
import { policy } from '#test/support/machine';
import { memoryTable, MemoryBus } from '#test/support/memory';

/** What becomes of a purchase when a stage ends in one way or another. The stage is made up; runner, rows and outbox are not. */

const nobody: Transport = {
  send: () => Promise.reject(new Error('nobody calls Partner Center here')),
  download: () => Promise.reject(new Error('nobody calls Partner Center here')),
};
const reason = { code: '13605', message: 'The agreement is missing.', advice: 'Have it signed.' };

/** A purchase that is written, and a runner of its stage. */
async function situation(purchase: Purchase) {
  const purchases = createPurchases(memoryTable());
  const history = { version: 1, at: purchase.updatedAt, stage: 'accept', attempt: 1, outcome: 'continue' } as const;
  await purchases.write({ purchase, pending: [], history: { ...history, note: '', milliseconds: 1 } });
  const { id: purchaseId, stage } = purchase;
  const first = { purchaseId, stage, attempt: purchase.attempts[stage] ?? 1 };
  const bus = new MemoryBus(() => NOW);
  const deps: StageDeps = {
    bus,
    purchases,
    policy,
    partnerCenter: nobody,
    cache: createCatalogueCache(60),
    log: () => undefined,
    now: () => NOW,
    newId: () => 'id',
  };
  return {
    deps,
    bus,
    run: (end: Stage['run'], body: unknown = first, on: StageDeps = deps) =>
      stageRunner({ name: stage, run: end }, on)(body, false),
    look: async () => {
      const found = await purchases.readHistory(purchaseId);
      if (!found) throw new Error('the purchase is lost');
      const sent = bus.queued.map(({ entity, body }) => [entity, body]);
      return { ...found.stored, last: found.history.at(-1), entries: found.history.length, sent };
    },
  };
}

const at = (stage: Purchase['stage'], rest: Partial<Purchase> = {}) =>
  aPurchase({ stage, attempts: { [stage]: 1 }, ...rest });
const event = (type: string) => ['order-events', expect.objectContaining({ type })];
const message = (entity: string, attempt: number) => [entity, expect.objectContaining({ attempt })];

/** Each way in which a stage may end: what is written, what is sent. */
const endings: [Outcome, Purchase, object, unknown[]][] = [
  [
    { kind: 'continue', next: 'cart', note: 'found', facts: { country: 'DE' }, happening: 'discovered' },
    at('discovery'),
    { status: 'open', stage: 'cart', country: 'DE' },
    [event('cartage.purchase.discovered.v1'), message('purchase-cart', 1)],
  ],
  [
    { kind: 'finish', status: 'completed', note: 'bought' },
    at('tracking'),
    { status: 'completed' },
    [event('cartage.order.completed.v1')],
  ],
  [
    { kind: 'wait', seconds: 30, note: 'not yet' },
    at('tracking'),
    { status: 'open', stage: 'tracking', attempts: { tracking: 2 } },
    [message('purchase-tracking', 2)],
  ],
  [{ kind: 'refused', reason }, at('cart'), { status: 'refused', reason }, [event('cartage.purchase.refused.v1')]],
  [
    { kind: 'held', reason },
    at('cart'),
    { status: 'held', stage: 'cart', reason },
    [event('cartage.purchase.held.v1')],
  ],
];

test.each(endings.map(([outcome, ...rest]) => [outcome.kind, outcome, ...rest] as const))(
  'the outcome "%s" is written with its history, then told',
  async (kind, outcome, purchase, state, sent) => {
    const { run, look } = await situation(purchase);
    await run(async () => outcome);
    const after = await look();
    expect(after.purchase).toMatchObject(state);
    expect(after).toMatchObject({ sent, last: { outcome: kind, stage: purchase.stage }, entries: 2 });
    // Whoever is over or held owes nothing more; the others owe it until their next write, in case it got lost.
    expect(after.pending.length).toBe(after.purchase.status === 'open' ? sent.length : 0);
  },
);

test('the outcome "postpone" writes nothing and sends the same attempt again at that time', async () => {
  const { run, look, bus } = await situation(at('checkout'));
  const until = '2026-03-01T10:03:00.000Z';
  await run(async () => ({ kind: 'postpone', until, note: 'somebody is at it' }));
  const after = await look();
  expect(after).toMatchObject({ purchase: { version: 1 }, entries: 1, sent: [message('purchase-checkout', 1)] });
  expect(bus.queued[0]?.notBefore).toBe(Date.parse(until));
});

/** Each word of an operator. */
const words: [string, OperatorOutcome, Purchase, object, unknown[]][] = [
  [
    'resumed',
    { kind: 'resumed', note: 'signed' },
    at('cart', { status: 'held', reason }),
    { status: 'open', stage: 'cart', attempts: { cart: 2 } },
    [message('purchase-cart', 2)],
  ],
  [
    'cancelled',
    { kind: 'cancelled', note: 'not wanted' },
    at('cart', { status: 'held', reason }),
    { status: 'cancelled' },
    [event('cartage.purchase.cancelled.v1')],
  ],
  [
    'cancelled, in part',
    { kind: 'cancelled', note: 'in part', facts: { orders: [aPlacedOrder({ status: 'completed' })] } },
    at('tracking', { status: 'completed' }),
    { status: 'partially-completed' },
    [event('cartage.order.partially-completed.v1')],
  ],
  [
    'given-up',
    { kind: 'given-up', note: 'the customer left' },
    at('checkout', { status: 'held', reason }),
    { status: 'failed' },
    [event('cartage.purchase.failed.v1')],
  ],
];

test.each(words)(
  'an operator\'s word "%s" is written with its history, then told',
  async (_word, outcome, purchase, state, sent) => {
    const { deps, look } = await situation(purchase);
    await actOnPurchase(purchase.id, async () => outcome, deps);
    const after = await look();
    expect(after.purchase).toMatchObject(state);
    expect(after).toMatchObject({
      last: { outcome: outcome.kind, stage: 'operator', note: expect.stringMatching(/\w/) },
    });
    // A purchase at rest has no alarm clock any more.
    expect(after.sent).toEqual([['purchase-watch', expect.objectContaining({ seenVersion: 2 })], ...sent]);
  },
);

test('a resumed purchase has its reason struck out and fresh patience', async () => {
  const { deps, look } = await situation(
    at('cart', { status: 'held', reason, stageSince: '2026-01-01T00:00:00.000Z' }),
  );
  await actOnPurchase(aPurchase().id, async () => ({ kind: 'resumed', note: 'signed' }), deps);
  const { purchase } = await look();
  expect(purchase).not.toHaveProperty('reason');
  expect(purchase.stageSince).toBe(NOW.toISOString());
});

test('what Partner Center fails with is an outcome like any other; a bug is thrown, for the broker to deliver again', async () => {
  await fc.assert(
    fc.asyncProperty(failure, async (thrown) => {
      const { run, look } = await situation(at('cart'));
      await run(() => Promise.reject(thrown));
      expect(['wait', 'held', 'refused', 'continue']).toContain((await look()).last?.outcome);
    }),
  );
  const { run, look } = await situation(at('cart'));
  await expect(run(() => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug');
  expect(await look()).toMatchObject({ entries: 1, sent: [] });
});

const found: Outcome = { kind: 'continue', next: 'cart', note: '', happening: 'discovered' };

test('a message to a step that was done sends what was promised then, with the same ids, and does nothing again', async () => {
  const { run, look, deps, bus } = await situation(at('discovery'));
  await run(async () => found);
  const after = await look();
  const again = new MemoryBus(() => NOW);
  await run(() => Promise.reject(new Error('done twice')), undefined, { ...deps, bus: again });
  expect(await look()).toEqual(after);
  expect(again.queued).toEqual(bus.queued);
});

test('a step that somebody else overtook is begun again from what is true now', async () => {
  const { run, look, deps } = await situation(at('discovery'));
  let runs = 0;
  await run(async (_purchase, world) => {
    if (++runs === 1) await overtake(deps);
    await world.intend({ country: 'DE' }, 'about to');
    return found;
  });
  expect({ runs, ...(await look()).purchase }).toMatchObject({ runs: 2, stage: 'cart', country: 'DE', version: 4 });
});

test('a step that is overtaken each time is left to the broker, and nothing of it is written', async () => {
  const { run, look, deps } = await situation(at('discovery'));
  const overtaken = run(async () => {
    await overtake(deps);
    return found;
  });
  await expect(overtaken).rejects.toThrow('somebody else');
  expect(await look()).toMatchObject({ purchase: { stage: 'discovery' }, sent: [] });
});

async function overtake({ purchases }: StageDeps): Promise<void> {
  const stored = await purchases.read(aPurchase().id);
  if (!stored) throw new Error('the purchase is lost');
  const circumstances = { now: NOW, milliseconds: 0, answered: {} };
  await purchases.write(intention(stored.purchase, {}, circumstances, 'me first'), stored.etag);
}

test.each<[string, unknown]>([
  ['that is no stage message', { hello: 'world' }],
  [
    'of a purchase that nobody knows',
    { purchaseId: '00000000-0000-5000-8000-00000000dead', stage: 'cart', attempt: 1 },
  ],
])('a message %s is a failed letter', async (_what, body) => {
  const { run, look } = await situation(at('cart'));
  await run(() => Promise.reject(new Error('not for us')), body);
  expect(await look()).toMatchObject({ entries: 1, sent: [['purchase-failed', body]] });
});
