import type { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { administrator } from '#test/support/administrator';
import { receiveOne } from '#test/support/receive-one';
import { TestBroker } from '#test/support/test-broker';

const KILOBYTE = 1024;
const config = {
  queues: { standard: { maxMessageSizeInKilobytes: 256 }, premium: { maxMessageSizeInKilobytes: 1024 } },
  topics: { news: { maxMessageSizeInKilobytes: 256, subscriptions: { all: {} } } },
};
const tooLarge = { code: 'MessageSizeExceeded', retryable: false };

let broker: TestBroker;
let client: ServiceBusClient;
beforeAll(async () => {
  broker = await TestBroker.start({ config });
  client = broker.client();
});
afterAll(async () => {
  await broker.dispose();
});

/** The largest body that `accepts` takes, at most `limit` bytes; a message has some bytes beside its body. */
async function largest(limit: number, accepts: (body: Buffer) => Promise<boolean>): Promise<number> {
  let low = limit - 1_000;
  let high = limit;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await accepts(Buffer.alloc(middle))) low = middle;
    else high = middle;
  }
  return low;
}

async function isAccepted(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    expect(error).toMatchObject(tooLarge);
    return false;
  }
}

const limits: [string, number][] = [
  ['standard', 256 * KILOBYTE],
  ['premium', 1024 * KILOBYTE],
  ['news', 256 * KILOBYTE],
];

test.each(limits)('%s takes messages of up to %i bytes, to the byte, and no larger one', async (entity, limit) => {
  const sender = client.createSender(entity);
  const size = await largest(limit, (body) => isAccepted(sender.sendMessages({ body })));
  expect(size).toBeGreaterThan(limit - 200);
  expect(size).toBeLessThan(limit);
  await sender.sendMessages({ body: Buffer.alloc(size, 7) });
  await expect(sender.sendMessages({ body: Buffer.alloc(size + 1) })).rejects.toMatchObject(tooLarge);
  const receiver = entity === 'news' ? client.createReceiver('news', 'all') : client.createReceiver(entity);
  const sizes: number[] = [];
  for (;;) {
    const page = await receiver.peekMessages(100);
    if (page.length === 0) break;
    for (const { body } of page) if (Buffer.isBuffer(body)) sizes.push(body.length);
  }
  expect(Math.max(...sizes)).toBe(size);
});

test.each(limits)('a batch to %s is as large as %i bytes, and no larger', async (entity, limit) => {
  const sender = client.createSender(entity);
  const batch = await sender.createMessageBatch();
  expect(batch.maxSizeInBytes).toBe(limit);
  while (batch.tryAddMessage({ body: Buffer.alloc(9_000) }));
  expect(batch.sizeInBytes).toBeGreaterThan(limit - 10_000);
  expect(batch.sizeInBytes).toBeLessThanOrEqual(limit);
  const path = entity === 'news' ? 'news' : entity;
  const before = (await broker.counts(path)).totals['sent'] ?? 0;
  await sender.sendMessages(batch);
  expect((await broker.counts(path)).totals['sent']).toBe(before + batch.count);
  const many = Array.from({ length: batch.count + 1 }, () => ({ body: Buffer.alloc(9_000) }));
  await expect(sender.sendMessages(many)).rejects.toMatchObject({ code: 'MessageSizeExceeded' });
  await expect(sender.createMessageBatch({ maxSizeInBytes: limit + 1 })).rejects.toThrow(String(limit));
});

test.each(limits)('what is scheduled in %s is measured by the same %i bytes', async (entity, limit) => {
  const sender = client.createSender(entity);
  const at = new Date(Date.now() + 3_600_000);
  const [number] = await sender.scheduleMessages({ body: Buffer.alloc(limit - 500) }, at);
  if (number) await sender.cancelScheduledMessages(number);
  await expect(sender.scheduleMessages({ body: Buffer.alloc(limit) }, at)).rejects.toMatchObject(tooLarge);
});

test('the admin client sets the size, and a new link follows it', async () => {
  const admin = administrator(broker);
  const created = await admin.createQueue('made', { maxMessageSizeInKilobytes: 256 });
  expect(created.maxMessageSizeInKilobytes).toBe(256);
  expect((await client.createSender('made').createMessageBatch()).maxSizeInBytes).toBe(256 * KILOBYTE);
  await admin.updateQueue({ ...created, maxMessageSizeInKilobytes: 1024 });
  const sender = client.createSender('made');
  expect((await sender.createMessageBatch()).maxSizeInBytes).toBe(1024 * KILOBYTE);
  await sender.sendMessages({ body: Buffer.alloc(1_000 * KILOBYTE) });
  expect(await receiveOne(client.createReceiver('made'))).toMatchObject({ deliveryCount: 0 });
  await admin.createTopic('talk', { maxMessageSizeInKilobytes: 256 });
  expect((await client.createSender('talk').createMessageBatch()).maxSizeInBytes).toBe(256 * KILOBYTE);
});

test("what says nothing of sizes takes 1 MiB, and 256 KiB in the emulator's configuration, as the emulator itself", async () => {
  const entities = { Queues: [{ Name: 'q' }], Topics: [{ Name: 't' }] };
  const emulated = { UserConfig: { Namespaces: [{ Name: 'sbemulatorns', ...entities }] } };
  for (const [given, kilobytes] of [
    [{ queues: { q: {} }, topics: { t: {} } }, 1024],
    [emulated, 256],
  ] as const) {
    const other = await TestBroker.start({ config: given });
    try {
      for (const name of ['q', 't']) {
        const sender = other.client().createSender(name);
        expect((await sender.createMessageBatch()).maxSizeInBytes).toBe(kilobytes * KILOBYTE);
        await sender.sendMessages({ body: Buffer.alloc(kilobytes * KILOBYTE - 500) });
        await expect(sender.sendMessages({ body: Buffer.alloc(kilobytes * KILOBYTE) })).rejects.toMatchObject(tooLarge);
      }
    } finally {
      await other.dispose();
    }
  }
});
