import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runCommand } from '#functions/operators/run-command';
import type { Transport } from '#shared/partner-center/http/transport';
import { createCatalogueCache } from '#shared/pipeline/catalogue-cache';
import type { CommandOutcome, Outcome } from '#shared/pipeline/outcome';
import { createPurchaseStore } from '#shared/pipeline/purchase-store';
import { runStage, type StageDeps } from '#shared/pipeline/run-stage';
import type { Stage } from '#shared/pipeline/stage';
import { intention } from '#shared/pipeline/transition';
import type { Purchase } from '#shared/domain/purchase';
import { failure } from '#test/support/arbitraries';
import { aPlacedOrder, aPurchase, NOW } from '#test/support/builders';
import { settings } from '#test/support/machine';
import { memoryTable, MemoryBus } from '#test/support/memory';

/** What becomes of a purchase when a stage ends in one way or another. The stage is made up; runner, rows and outbox are not. */

const nobody: Transport = {
  send: () => Promise.reject(new Error('nobody calls Partner Center here')),
  download: () => Promise.reject(new Error('nobody calls Partner Center here')),
};
const reason = { code: '13605', message: 'The agreement is missing.', advice: 'Have it signed.' };

/** A purchase that is written, and a runner of its stage. */
async function situation(purchase: Purchase) {
  const purchases = createPurchaseStore(memoryTable());
  const history = { version: 1, at: purchase.updatedAt, stage: 'accept', attempt: 1, outcome: 'advance' } as const;
  await purchases.write({ purchase, pending: [], history: { ...history, note: '', milliseconds: 1 } });
  const { id: purchaseId, stage } = purchase;
  const first = { purchaseId, stage, attempt: purchase.attempts[stage] ?? 1 };
  const bus = new MemoryBus(() => NOW);
  const deps: StageDeps = {
    bus,
    purchases,
    settings,
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
      runStage({ name: stage, run: end }, on)(body, false),
    read: async () => {
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
    { kind: 'advance', next: 'cart', note: 'found', changes: { country: 'DE' }, event: 'discovered' },
    at('discovery'),
    { status: 'open', stage: 'cart', country: 'DE' },
    [event('cartage.purchase.discovered.v1'), message('purchase-cart', 1)],
  ],
  [
    { kind: 'complete', status: 'completed', note: 'bought' },
    at('tracking'),
    { status: 'completed' },
    [event('cartage.purchase.completed.v1')],
  ],
  [
    { kind: 'retry', seconds: 30, note: 'not yet' },
    at('tracking'),
    { status: 'open', stage: 'tracking', attempts: { tracking: 2 } },
    [message('purchase-tracking', 2)],
  ],
  [{ kind: 'reject', reason }, at('cart'), { status: 'rejected', reason }, [event('cartage.purchase.rejected.v1')]],
  [
    { kind: 'hold', reason },
    at('cart'),
    { status: 'held', stage: 'cart', reason },
    [event('cartage.purchase.held.v1')],
  ],
];

test.each(endings.map(([outcome, ...rest]) => [outcome.kind, outcome, ...rest] as const))(
  'the outcome "%s" is written with its history, then told',
  async (kind, outcome, purchase, state, sent) => {
    const { run, read } = await situation(purchase);
    await run(async () => outcome);
    const after = await read();
    expect(after.purchase).toMatchObject(state);
    expect(after).toMatchObject({ sent, last: { outcome: kind, stage: purchase.stage }, entries: 2 });
    // Whoever is over or held owes nothing more; the others owe it until their next write, in case it got lost.
    expect(after.pending.length).toBe(after.purchase.status === 'open' ? sent.length : 0);
  },
);

test('the outcome "yield" writes nothing and sends the same attempt again at that time', async () => {
  const { run, read, bus } = await situation(at('checkout'));
  const until = '2026-03-01T10:03:00.000Z';
  await run(async () => ({ kind: 'yield', until, note: 'somebody is at it' }));
  const after = await read();
  expect(after).toMatchObject({ purchase: { version: 1 }, entries: 1, sent: [message('purchase-checkout', 1)] });
  // A little later, because the worker's clock may be behind the broker's.
  expect(bus.queued[0]?.notBefore).toBe(Date.parse(until) + 1000);
});

test('a step that is put off again is a new message each time, whatever the clocks say, and the same one when redelivered', async () => {
  const { run, bus } = await situation(at('checkout'));
  const yielding: Stage['run'] = async () => ({ kind: 'yield', until: NOW.toISOString(), note: 'somebody is at it' });
  await run(yielding);
  await run(yielding);
  expect(bus.queued).toHaveLength(1);
  const copy = bus.takeNext();
  await run(yielding, copy?.body);
  expect(bus.queued).toHaveLength(1);
  expect(bus.queued[0]?.messageId).not.toBe(copy?.messageId);
});

/** Each command of an operator. */
const commands: [string, CommandOutcome, Purchase, object, unknown[]][] = [
  [
    'resume',
    { kind: 'resume', note: 'signed' },
    at('cart', { status: 'held', reason }),
    { status: 'open', stage: 'cart', attempts: { cart: 2 } },
    [event('cartage.purchase.resumed.v1'), message('purchase-cart', 2)],
  ],
  [
    'cancel',
    { kind: 'cancel', note: 'not wanted' },
    at('cart', { status: 'held', reason }),
    { status: 'cancelled' },
    [event('cartage.purchase.cancelled.v1')],
  ],
  [
    'cancel-orders',
    {
      kind: 'cancel-orders',
      note: 'in part',
      changes: { cancellation: { orderIds: ['order-1'], note: 'in part', statusBefore: 'completed' } },
    },
    at('tracking', { status: 'completed', orders: [aPlacedOrder({ status: 'completed' })] }),
    { status: 'open', stage: 'tracking', cancellation: { orderIds: ['order-1'] } },
    [message('purchase-tracking', 2)],
  ],
  [
    'mark-failed',
    { kind: 'mark-failed', note: 'the customer left' },
    at('checkout', { status: 'held', reason }),
    { status: 'failed' },
    [event('cartage.purchase.failed.v1')],
  ],
];

test.each(commands)(
  'an operator\'s word "%s" is written with its history, then told',
  async (_command, outcome, purchase, state, sent) => {
    const { deps, read } = await situation(purchase);
    await runCommand(purchase.id, async () => outcome, deps);
    const after = await read();
    expect(after.purchase).toMatchObject(state);
    expect(after).toMatchObject({
      last: { outcome: outcome.kind, stage: 'operator', note: expect.stringMatching(/\w/) },
    });
    // A purchase at rest has no watchdog any more.
    expect(after.sent).toEqual([['purchase-watchdog', expect.objectContaining({ seenVersion: 2 })], ...sent]);
  },
);

test('a resumed purchase loses its reason and starts its stage time-out over', async () => {
  const { deps, read } = await situation(
    at('cart', { status: 'held', reason, stageSince: '2026-01-01T00:00:00.000Z' }),
  );
  await runCommand(aPurchase().id, async () => ({ kind: 'resume', note: 'signed' }), deps);
  const { purchase } = await read();
  expect(purchase).not.toHaveProperty('reason');
  expect(purchase.stageSince).toBe(NOW.toISOString());
});

test('what Partner Center fails with is an outcome like any other; a bug is thrown, for the broker to deliver again', async () => {
  await fc.assert(
    fc.asyncProperty(failure, async (thrown) => {
      const { run, read } = await situation(at('cart'));
      await run(() => Promise.reject(thrown));
      expect(['retry', 'hold', 'reject', 'advance']).toContain((await read()).last?.outcome);
    }),
  );
  const { run, read } = await situation(at('cart'));
  await expect(run(() => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug');
  expect(await read()).toMatchObject({ entries: 1, sent: [] });
});

const found: Outcome = { kind: 'advance', next: 'cart', note: '', event: 'discovered' };

test('a message to a step that was done sends what was promised then, with the same ids, and does nothing again', async () => {
  const { run, read, deps, bus } = await situation(at('discovery'));
  await run(async () => found);
  const after = await read();
  const again = new MemoryBus(() => NOW);
  await run(() => Promise.reject(new Error('done twice')), undefined, { ...deps, bus: again });
  expect(await read()).toEqual(after);
  expect(again.queued).toEqual(bus.queued);
});

test('a step that somebody else overtook is begun again from what is true now', async () => {
  const { run, read, deps } = await situation(at('discovery'));
  let runs = 0;
  await run(async (_purchase, context) => {
    if (++runs === 1) await overtake(deps);
    await context.intend({ country: 'DE' }, 'about to');
    return found;
  });
  expect({ runs, ...(await read()).purchase }).toMatchObject({ runs: 2, stage: 'cart', country: 'DE', version: 4 });
});

test('a step that is overtaken each time is left to the broker, and nothing of it is written', async () => {
  const { run, read, deps } = await situation(at('discovery'));
  const overtaken = run(async () => {
    await overtake(deps);
    return found;
  });
  await expect(overtaken).rejects.toThrow('somebody else');
  expect(await read()).toMatchObject({ purchase: { stage: 'discovery' }, sent: [] });
});

async function overtake({ purchases }: StageDeps): Promise<void> {
  const stored = await purchases.read(aPurchase().id);
  if (!stored) throw new Error('the purchase is lost');
  const circumstances = { now: NOW, milliseconds: 0, answersByOperation: {} };
  await purchases.write(intention(stored.purchase, {}, circumstances, 'me first'), stored.etag);
}

test.each<[string, unknown]>([
  ['that is no stage message', { hello: 'context' }],
  [
    'of a purchase that nobody knows',
    { purchaseId: '00000000-0000-5000-8000-00000000dead', stage: 'cart', attempt: 1 },
  ],
])('a message %s is a unprocessable message', async (_what, body) => {
  const { run, read } = await situation(at('cart'));
  const bytes = Buffer.from(JSON.stringify(body, null, 2));
  await run(() => Promise.reject(new Error('not for us')), bytes);
  expect(await read()).toMatchObject({ entries: 1, sent: [['unprocessable-messages', bytes]] });
});
