import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Bus, BusMessage } from '#shared/azure/bus';
import { sendUnprocessable, type UnprocessableMessage } from '#shared/pipeline/unprocessable-message';

/** What is sent to the queue for an unprocessable message. */
async function sent(rest: Partial<UnprocessableMessage>): Promise<BusMessage> {
  const all: BusMessage[] = [];
  const bus: Bus = { send: async (_entity, message) => void all.push(message) };
  const usual = { queue: 'purchase-requests', reason: 'not-json', description: '', original: '' } as const;
  await sendUnprocessable(bus, { ...usual, ...rest });
  const [message] = all;
  if (!message) throw new Error('nothing was sent');
  return message;
}

/** Texts of any length and of characters that grow on the wire. */
const longText = fc
  .tuple(fc.string({ unit: fc.constantFrom('a', '"', '\\', '\u0001', 'ä', '€', '😀', '\ud83d') }), fc.nat(100_000))
  .map(([text, times]) => text.repeat(Math.ceil(times / (text.length || 1))));

/** 256 KiB in the Standard tier, with some room for what the broker adds (page "Service Bus quotas"). */
const LARGEST_MESSAGE = 250_000;

test('an unprocessable message fits into a message, is valid JSON in UTF-8, and says when it was cut', async () => {
  const original = fc.oneof(longText, fc.jsonValue(), fc.array(longText, { maxLength: 20 }));
  const properties = fc.record({
    'webhook-id': longText,
    'webhook-timestamp': longText,
    'webhook-signature': longText,
  });
  await fc.assert(
    fc.asyncProperty(original, longText, longText, properties, async (what, description, messageId, given) => {
      const { body, properties: kept = {} } = await sent({
        original: what,
        description,
        messageId,
        properties: given,
      });
      const json = JSON.stringify(body);
      const bytes = Buffer.from(json);
      const sizes = [bytes, ...Object.values(kept).map((value) => Buffer.from(`${value}`))].map((one) => one.length);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(LARGEST_MESSAGE);
      expect(bytes.toString()).toBe(json);
      if (JSON.stringify(what) !== json) expect(body).toMatchObject({ cutFrom: JSON.stringify(what).length });
    }),
    { numRuns: 60 },
  );
});

test('no property ends with half a character', async () => {
  const { properties } = await sent({ description: `${'a'.repeat(1023)}😀` });
  expect(properties?.['DeadLetterErrorDescription']).toBe('a'.repeat(1023));
});

test('the same message always has the same id, another one another', async () => {
  const idOf = async (message: Partial<UnprocessableMessage>) => (await sent(message)).messageId;
  expect(await idOf({ original: 'x' })).toBe(await idOf({ original: 'x' }));
  const others = [
    { original: 'y' },
    { original: 'x', reason: 'conflict' as const },
    { original: 'x', queue: 'purchase-cart' as const },
  ];
  for (const other of others) expect(await idOf(other)).not.toBe(await idOf({ original: 'x' }));
});

test('a short message is the original itself, with what it takes to send it again', async () => {
  const message = { original: { a: 1 }, messageId: 'm', properties: { 'webhook-id': 'w' }, description: 'why' };
  expect(await sent(message)).toMatchObject({
    body: { a: 1 },
    subject: 'not-json',
    properties: {
      'webhook-id': 'w',
      originalMessageId: 'm',
      DeadLetterReason: 'not-json',
      DeadLetterErrorDescription: 'why',
      queue: 'purchase-requests',
    },
  });
});
