import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { BusMessage, BusProperty } from '#shared/azure/bus';
import { sendUnprocessable, type UnprocessableMessage } from '#shared/pipeline/unprocessable-message';
import { memoryBlobs } from '#test/support/memory';

/** What is sent to the queue for an unprocessable message, and what was kept in blobs. */
async function sent(rest: Partial<UnprocessableMessage>, overflow = memoryBlobs()) {
  const all: BusMessage[] = [];
  const bus = { send: async (_entity: string, message: BusMessage) => void all.push(message) };
  const usual = { queue: 'purchase-requests', reason: 'not-json', description: '', original: '' } as const;
  await sendUnprocessable({ bus, overflow }, { ...usual, ...rest });
  const [message] = all;
  if (!message || !Buffer.isBuffer(message.body)) throw new Error('nothing was sent as bytes');
  return { ...message, body: message.body, properties: message.properties ?? {}, blobs: overflow.contents };
}

/** Texts of any length and of characters that grow on the wire. */
const longText = fc
  .tuple(fc.string({ unit: fc.constantFrom('a', '"', '\\', '\u0001', 'ä', '€', '😀', '\ud83d') }), fc.nat(100_000))
  .map(([text, times]) => text.repeat(Math.ceil(times / (text.length || 1))));

/** 256 KiB in the Standard tier, with some room for what the broker adds (page "Service Bus quotas"). */
const LARGEST_MESSAGE = 250_000;
const LARGEST_PROPERTIES = 64_000;

const bytesOf = (value: BusProperty) => Buffer.byteLength(String(value));

/** What a property of the message names, or undefined without that property. */
const blobOf = ({ properties, blobs }: Awaited<ReturnType<typeof sent>>, name: string) =>
  blobs.get(String(properties[name]));

test('an unprocessable message fits into a message, and nothing of it is lost: what does not fit is in the blobs it names', async () => {
  const original = fc.oneof(
    longText.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 1000 }).map((bytes) => Buffer.from(bytes)),
    fc.nat(300_000).map((length) => Buffer.alloc(length, 7)),
  );
  const value = fc.oneof(longText, fc.double(), fc.boolean(), fc.constant(null));
  const properties = fc.oneof(
    fc.record({ 'webhook-id': longText, 'webhook-signature': longText, queue: fc.string(), other: value }),
    fc.dictionary(fc.string({ minLength: 1 }), value, { maxKeys: 30 }),
    fc
      .nat(1500)
      .map((count) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, 'v'.repeat(20)]))),
  );
  await fc.assert(
    fc.asyncProperty(original, longText, longText, properties, async (bytes, description, messageId, given) => {
      const message = await sent({ original: bytes, description, messageId, properties: given });
      const { body, properties: all } = message;
      const size = Object.entries(all).reduce((sum, [name, one]) => sum + bytesOf(name) + bytesOf(one), 0);
      expect(size).toBeLessThan(LARGEST_PROPERTIES);
      expect(Object.keys(all).length).toBeLessThan(120);
      expect(size + body.length).toBeLessThan(LARGEST_MESSAGE);
      expect((blobOf(message, 'bodyBlob') ?? body).equals(bytes)).toBe(true);
      const kept: unknown = JSON.parse(blobOf(message, 'propertiesBlob')?.toString() ?? JSON.stringify(all));
      expect(kept).toMatchObject(JSON.parse(JSON.stringify(given)));
    }),
    { numRuns: 60 },
  );
});

test('1,010 properties of 1 kB beside a body of 12 kB are bounded together, and kept whole in a blob', async () => {
  const properties = Object.fromEntries(Array.from({ length: 1010 }, (_, at) => [`property-${at}`, 'x'.repeat(1000)]));
  const message = await sent({ original: Buffer.alloc(12_000, 65), properties });
  expect(Object.keys(message.properties).length).toBeLessThan(40);
  expect(message.body).toHaveLength(12_000);
  expect(JSON.parse(`${blobOf(message, 'propertiesBlob')?.toString()}`)).toEqual(properties);
});

test('bytes are sent as they came, whatever they are, with no JSON around them', async () => {
  for (const original of [
    Buffer.from([0xff, 0x00, 0xfe]),
    Buffer.alloc(0),
    Buffer.from('"a"'),
    Buffer.from('{ "a":1.0 }'),
  ])
    expect((await sent({ original })).body).toEqual(original);
});

test('no property ends with half a character', async () => {
  const { properties } = await sent({ description: `${'a'.repeat(1023)}😀` });
  expect(properties['DeadLetterErrorDescription']).toBe('a'.repeat(1023));
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

test('messages of two senders never share an id, though their bodies and message ids are the same', async () => {
  const idOf = async (rest: Partial<UnprocessableMessage>) =>
    (await sent({ messageId: 'ORDER-1', original: '{}', ...rest })).messageId;
  const ids = await Promise.all([
    idOf({ sequenceNumber: '1' }),
    idOf({ sequenceNumber: '2' }),
    idOf({ sequenceNumber: '2', properties: { 'webhook-signature': 'v1,a' } }),
    idOf({ sequenceNumber: '2', properties: { 'webhook-signature': 'v1,b' } }),
  ]);
  expect(new Set(ids).size).toBe(4);
});

test('a short message is the original itself, with what it takes to send it again', async () => {
  const message = { original: { a: 1 }, messageId: 'm', properties: { 'webhook-id': 'w' }, description: 'why' };
  expect(await sent(message)).toMatchObject({
    body: Buffer.from('{"a":1}'),
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
