import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sendPending } from '#shared/pipeline/outbox';
import { stageMessage } from '#shared/pipeline/messages';
import { transition } from '#shared/pipeline/transition';
import { aPurchase, NOW } from '#test/support/builders';
import { anEtag, MemoryBus } from '#test/support/memory';

const circumstances = { now: NOW, milliseconds: 1, answersByOperation: {} };

/** What is sent of a purchase with a text of some length. */
async function sent(advice: string) {
  const before = aPurchase({ reason: { code: 'x', message: 'y', advice } });
  const next = transition(before, { kind: 'advance', next: 'cart', note: '', event: 'discovered' }, circumstances);
  const bus = new MemoryBus(() => NOW);
  await sendPending(bus, { ...next, etag: anEtag() });
  return { next, bus };
}

test('a message to a stage carries the whole purchase while that fits into it, and else its id alone', async () => {
  const text = fc
    .tuple(fc.constantFrom('a', '"', '€', '😀'), fc.nat(220_000))
    .map(([unit, times]) => unit.repeat(times));
  await fc.assert(
    fc.asyncProperty(text, async (advice) => {
      const { next, bus } = await sent(advice);
      const [, message] = bus.queued;
      const { snapshot, ...rest } = stageMessage.parse(message?.body);
      expect(rest).toEqual({ purchaseId: next.purchase.id, stage: 'cart', attempt: 1 });
      expect(Buffer.byteLength(JSON.stringify(message?.body))).toBeLessThanOrEqual(200_000);
      if (snapshot) expect(snapshot).toEqual({ etag: anEtag(), purchase: next.purchase });
      else expect(Buffer.byteLength(JSON.stringify(next.purchase))).toBeGreaterThan(199_000);
    }),
    { numRuns: 40 },
  );
});

test('events go out before the message to the next stage, and sending twice sends the same', async () => {
  const { next, bus } = await sent('');
  expect(bus.queued.map(({ entity }) => entity)).toEqual(['order-events', 'purchase-cart']);
  const again = new MemoryBus(() => NOW);
  await sendPending(again, { ...next, etag: anEtag() });
  expect(again.queued).toEqual(bus.queued);
});
