import { appendFileSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@cartage/stack/eventually';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { refusals } from '#test/support/refusals';
import { TestBroker } from '#test/support/test-broker';

const config = {
  queueDefaults: { lockDuration: 'PT1M', maxDeliveryCount: 5 },
  queues: { plain: {}, once: { requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: 'PT5M' } },
  topics: { events: { subscriptions: { all: {} } } },
};

let broker: TestBroker;
beforeEach(async () => {
  broker = await TestBroker.start({ config });
});
afterEach(async () => {
  await broker.dispose();
});

/** The broker's journal file. */
function journal(): string {
  const [name] = readdirSync(broker.data).filter((file) => file.endsWith('.log'));
  if (name === undefined) throw new Error('no journal');
  return join(broker.data, name);
}

async function bodies(queue: string, topic?: string): Promise<unknown[]> {
  const client = broker.client();
  const receiver = topic === undefined ? client.createReceiver(queue) : client.createReceiver(topic, queue);
  return (await receiver.peekMessages(100)).map(({ body }) => body);
}

test('everything acknowledged is there after a crash: messages, settlements, deferrals, schedules, dead letters', async () => {
  // In a process of its own, which is really killed; the other tests only take what is on the disk.
  await broker.kill();
  await broker.run({ process: {} });
  const client = broker.client();
  const sender = client.createSender('plain');
  await sender.sendMessages(['completed', 'dead', 'deferred', 'abandoned', 'waiting'].map((body) => ({ body })));
  await sender.scheduleMessages({ body: 'scheduled' }, new Date(Date.now() + 600_000));
  await client.createSender('events').sendMessages({ body: 'event' });
  const receiver = client.createReceiver('plain');
  const messages = await receiver.receiveMessages(4, { maxWaitTimeInMs: 5_000 });
  for (const message of messages) {
    if (message.body === 'completed') await receiver.completeMessage(message);
    if (message.body === 'dead')
      await receiver.deadLetterMessage(message, {
        deadLetterReason: 'Test',
        deadLetterErrorDescription: 'by the test',
      });
    if (message.body === 'deferred') await receiver.deferMessage(message);
    if (message.body === 'abandoned') await receiver.abandonMessage(message, { tried: true });
  }
  const before = await broker.counts('plain');
  await broker.kill();
  await broker.run();
  expect(await broker.counts('plain')).toEqual({ ...before, locked: 0 });
  expect(before).toMatchObject({ active: 2, deferred: 1, scheduled: 1, deadLetter: 1 });
  expect(await bodies('plain')).toEqual(['deferred', 'abandoned', 'waiting', 'scheduled']);
  expect(await bodies('all', 'events')).toEqual(['event']);
  const again = broker.client().createReceiver('plain');
  const [abandoned] = await again.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
  expect(abandoned).toMatchObject({ body: 'abandoned', deliveryCount: 1, applicationProperties: { tried: true } });
});

test('duplicate detection remembers across a crash, also ids of messages that are gone', async () => {
  const client = broker.client();
  await client.createSender('once').sendMessages({ body: 1, messageId: 'same' });
  const receiver = client.createReceiver('once');
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
  if (message) await receiver.completeMessage(message);
  await broker.kill();
  await broker.run();
  await broker.client().createSender('once').sendMessages({ body: 2, messageId: 'same' });
  expect(await broker.counts('once')).toMatchObject({
    active: 0,
    totals: { sent: 1, completed: 1, duplicatesDropped: 1 },
  });
});

test('a delivery that was under way in a crash counts as a failed one', async () => {
  const client = broker.client();
  await client.createSender('plain').sendMessages({ body: 'x' });
  const [first] = await client.createReceiver('plain').receiveMessages(1, { maxWaitTimeInMs: 5_000 });
  expect(first?.deliveryCount).toBe(0);
  // A later send is acknowledged only after the record of the delivery before it is on disk.
  await client.createSender('once').sendMessages({ body: 'y' });
  await broker.kill();
  await broker.run();
  const [again] = await broker.client().createReceiver('plain').receiveMessages(1, { maxWaitTimeInMs: 5_000 });
  expect(again?.deliveryCount).toBe(1);
});

test.each([
  ['half a record', (file: string) => truncateSync(file, readFileSync(file).length - 3), ['one']],
  ['garbage', (file: string) => appendFileSync(file, Buffer.alloc(300, 7)), ['one', 'two']],
  ['a flipped bit', flipLastByte, ['one']],
])('a journal that ends in %s is cut there, and goes on', async (_, damage, left) => {
  const sender = broker.client().createSender('plain');
  await sender.sendMessages({ body: 'one' });
  await sender.sendMessages({ body: 'two' });
  await broker.kill();
  damage(journal());
  await broker.run();
  expect(await bodies('plain')).toEqual(left);
  await broker.client().createSender('plain').sendMessages({ body: 'three' });
  await broker.kill();
  await broker.run();
  expect(await bodies('plain')).toEqual([...left, 'three']);
});

test('one flipped bit in the middle of the journal stops the start; --recover goes on without that message alone', async () => {
  await broker.kill();
  await broker.run({ process: {} });
  const sender = broker.client().createSender('plain');
  for (const body of ['one', 'two', 'three']) await sender.sendMessages({ body });
  await broker.kill();
  const bytes = readFileSync(journal());
  const at = bytes.indexOf('two');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(journal(), bytes);
  await expect(broker.run({ process: {} })).rejects.toThrow(
    /journal-00000001\.log is damaged: what stands from byte \d+ to byte \d+/,
  );
  await broker.run({ process: {}, recover: true });
  expect(await bodies('plain')).toEqual(['one', 'three']);
  expect(broker.log).toMatch(
    /dropped \d+ bytes that can't be read, at byte \d+; the damaged file is kept as .*\.damaged/,
  );
  await broker.client().createSender('plain').sendMessages({ body: 'four' });
  await broker.kill();
  await broker.run();
  expect(await bodies('plain')).toEqual(['one', 'three', 'four']);
});

function flipLastByte(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

test('while the disk is full nothing is acknowledged, and afterwards everything goes on', async () => {
  const client = broker.client();
  const sender = client.createSender('plain');
  await sender.sendMessages({ body: 'before' });
  const receiver = client.createReceiver('plain');
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
  if (!message) throw new Error('no message');
  await broker.fault({ diskFull: true });
  for (const reason of await refusals(sender.sendMessages({ body: 'refused' })))
    expect(reason).toMatchObject({ retryable: true });
  const [first] = await refusals(receiver.completeMessage(message));
  expect(first).toMatchObject({ code: 'ServiceBusy', retryable: true });
  await broker.fault({ diskFull: false });
  await sender.sendMessages({ body: 'after' });
  await broker.kill();
  await broker.run();
  expect(await bodies('plain')).toEqual(['before', 'after']);
});

test('with --sync everything is acknowledged only after the disk has it, in the order it came', async () => {
  const synced = await TestBroker.start({ config, sync: true });
  try {
    const sender = synced.client().createSender('plain');
    await Promise.all(Array.from({ length: 200 }, (_, body) => sender.sendMessages({ body })));
    await synced.kill();
    await synced.run();
    const peeked = await synced.client().createReceiver('plain').peekMessages(200);
    expect(peeked.map(({ body }) => body)).toEqual(Array.from({ length: 200 }, (_, body) => body));
  } finally {
    await synced.dispose();
  }
});

test('on a disk that is really full, nothing is acknowledged that is not kept, and what is there is served', async () => {
  await broker.kill();
  await broker.run({ process: { fileLimit: 2_000 } });
  const client = broker.client({ retryOptions: { maxRetries: 0 } });
  const sender = client.createSender('plain');
  const acknowledged: number[] = [];
  const reasons: unknown[] = [];
  for (let body = 0; body < 40; body++) {
    const sent = sender.sendMessages({ body, applicationProperties: { filling: 'x'.repeat(100_000) } });
    await sent.then(
      () => acknowledged.push(body),
      (error: unknown) => reasons.push(error),
    );
  }
  expect(acknowledged.length).toBeGreaterThan(10);
  expect(reasons.length).toBeGreaterThan(10);
  for (const reason of reasons) expect(reason).toMatchObject({ code: 'ServiceBusy', retryable: true });
  const full = { code: 'ServiceBusy', retryable: true };
  await expect(
    sender.scheduleMessages({ body: 'x'.repeat(200_000) }, new Date(Date.now() + 60_000)),
  ).rejects.toMatchObject(full);
  expect(await bodies('plain')).toEqual(acknowledged);
  await broker.kill();
  await broker.run();
  expect(await bodies('plain')).toEqual(acknowledged);
  await broker.client().createSender('plain').sendMessages({ body: 'room again' });
  expect(await bodies('plain')).toEqual([...acknowledged, 'room again']);
});

test('senders that are faster than the disk are refused as busy before they fill the memory', async () => {
  const stallingDisk = { require: require.resolve('#test/support/stalling-disk') };
  const slow = await TestBroker.start({ config, sync: true, process: stallingDisk });
  try {
    const before = (await slow.health()).rssBytes;
    const client = slow.client({ retryOptions: { maxRetries: 0 } });
    const sender = client.createSender('plain');
    const body = Buffer.alloc(900_000);
    await slow.send('stall');
    const reasons: unknown[] = [];
    const sends = Array.from({ length: 100 }, () =>
      sender.sendMessages({ body }).then(
        () => true,
        (error: unknown) => {
          reasons.push(error);
          return false;
        },
      ),
    );
    await eventually('some are refused', () => reasons.length > 0);
    await slow.send('go on');
    const accepted = (await Promise.all(sends)).filter((is) => is).length;
    for (const reason of reasons) expect(reason).toMatchObject({ code: 'ServiceBusy', retryable: true });
    expect((await slow.health()).rssBytes - before).toBeLessThan(400 * 1024 * 1024);
    const { active } = await slow.counts('plain');
    expect(active).toBe(accepted);
    await client.createSender('plain').sendMessages({ body: 'later' });
  } finally {
    await slow.dispose();
  }
});
