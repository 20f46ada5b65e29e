import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isTerminal } from '#shared/domain/purchase';
import { watchdogMessage } from '#shared/pipeline/messages';
import { createPurchaseStore } from '#shared/pipeline/purchase-store';
import { transition, type Pending } from '#shared/pipeline/transition';
import { runWatchdog } from '#shared/pipeline/watchdog';
import { purchase, time } from '#test/support/arbitraries';
import { aPurchase, NOW } from '#test/support/builders';
import { settings } from '#test/support/machine';
import { memoryTable, MemoryBus, type Delivery } from '#test/support/memory';

/** A purchase's watchdog, ticked once. */
async function tick(watchdog: { purchaseId: string; tick: number; seenVersion: number }, stored?: Stored) {
  const bus = new MemoryBus(() => NOW);
  const purchases = createPurchaseStore(memoryTable());
  const history = {
    at: NOW.toISOString(),
    stage: 'accept',
    attempt: 1,
    outcome: '',
    note: '',
    milliseconds: 1,
  } as const;
  if (stored) await purchases.write({ ...stored, history: { ...history, version: stored.purchase.version } });
  await runWatchdog({ bus, purchases, settings, log: () => undefined, now: () => NOW })(watchdog);
  const isClock = ({ entity }: Delivery) => entity === 'purchase-watchdog';
  return {
    clocks: bus.queued.filter(isClock),
    sent: bus.queued.filter((delivery) => !isClock(delivery)),
    left: (await purchases.read(watchdog.purchaseId))?.pending,
  };
}

type Stored = { purchase: ReturnType<typeof aPurchase>; pending: Pending[] };

const rejected = transition(
  aPurchase(),
  { kind: 'reject', reason: { code: 'x', message: 'y', advice: 'z' } },
  { now: NOW, milliseconds: 1, answersByOperation: {} },
);
const stage = fc
  .record({ kind: fc.constant('stage' as const), stage: fc.constant('cart' as const), attempt: fc.nat(9) })
  .chain((message) =>
    fc.option(
      time.map((notBefore) => ({ ...message, notBefore })),
      { nil: message },
    ),
  );

/** A purchase of some version, with nothing, an event, or a message to a stage still to be sent. */
const stored: fc.Arbitrary<Stored> = fc.record({
  purchase: fc.tuple(purchase, fc.integer({ min: 1, max: 5 })).map(([one, version]) => ({ ...one, version })),
  pending: fc.oneof(
    stage.map((message): Pending[] => [message]),
    fc.constantFrom<Pending[][]>([], rejected.pending),
  ),
});
const { id: purchaseId } = aPurchase();

test('a clock ticks on until the purchase is over or held and everything was told, and each clock has an id of its own', async () => {
  await fc.assert(
    fc.asyncProperty(
      stored,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 50 }),
      async (one, seen, count) => {
        fc.pre(seen <= one.purchase.version);
        const { clocks } = await tick({ purchaseId, tick: count, seenVersion: seen }, one);
        const { status } = one.purchase;
        const isOver = one.pending.length === 0 && (isTerminal(status) || status === 'held');
        expect(clocks).toHaveLength(isOver ? 0 : 1);
        for (const { body, messageId, notBefore } of clocks) {
          expect(body).toMatchObject({ purchaseId, seenVersion: one.purchase.version });
          expect(watchdogMessage.parse(body).tick).toBeGreaterThan(count);
          expect([`${purchaseId}/watchdog/${seen}/${count}`, `${purchaseId}/watchdog/${count}`]).not.toContain(
            messageId,
          );
          expect(notBefore).toBe(NOW.getTime() + settings.watchdogSeconds * 1000);
        }
      },
    ),
  );
});

test('what was promised is sent again exactly when the purchase has not moved and nothing is due later', async () => {
  await fc.assert(
    fc.asyncProperty(stored, fc.integer({ min: 1, max: 5 }), async (one, seen) => {
      fc.pre(seen <= one.purchase.version);
      const { sent, left } = await tick({ purchaseId, tick: 1, seenVersion: seen }, one);
      const isDueLater = one.pending.some(
        (item) => item.kind === 'stage' && item.notBefore !== undefined && new Date(item.notBefore) > NOW,
      );
      const isStill = one.purchase.version === seen && !isDueLater;
      expect(sent).toHaveLength(isStill ? one.pending.length : 0);
      // Whoever is not open has nobody else to strike it out.
      expect(left).toEqual(isStill && one.purchase.status !== 'open' ? [] : one.pending);
    }),
  );
});

test('a clock that was set for a write that was not made ticks for twice the duplicate window, then stops', async () => {
  const most = (60 * 60) / settings.watchdogSeconds;
  for (let count = 1; count <= most + 2; count++) {
    const { clocks, sent } = await tick({ purchaseId, tick: count, seenVersion: 1 });
    expect({ count, clocks: clocks.length, sent }).toEqual({ count, clocks: count < most ? 1 : 0, sent: [] });
  }
});

test('a clock set for a write that was not made yet sends nothing of the state before it', async () => {
  const before = { purchase: aPurchase({ status: 'held' }), pending: [] };
  const { clocks, sent } = await tick({ purchaseId, tick: 1, seenVersion: 2 }, before);
  expect([clocks.length, sent.length]).toEqual([1, 0]);
});

test('what is no watchdog is a unprocessable message', async () => {
  const bus = new MemoryBus(() => NOW);
  const purchases = createPurchaseStore(memoryTable());
  await runWatchdog({ bus, purchases, settings, log: () => undefined, now: () => NOW })({ hello: 'context' });
  expect(bus.queued).toMatchObject([{ entity: 'unprocessable-messages', body: Buffer.from('{"hello":"context"}') }]);
});
