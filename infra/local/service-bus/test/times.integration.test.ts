import type { ServiceBusClient } from '@azure/service-bus';
import { eventually } from '@cartage/stack/eventually';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { receiveOne } from '#test/support/receive-one';
import { TestBroker } from '#test/support/test-broker';

const HOUR = 3_600_000;
const config = {
  queues: {
    timed: {},
    annotated: {},
    several: {},
    overtaken: {},
    expiring: { deadLetteringOnMessageExpiration: true },
    fleeting: {},
    brief: { defaultMessageTimeToLive: 'PT1M', deadLetteringOnMessageExpiration: true },
    held: { deadLetteringOnMessageExpiration: true, lockDuration: 'PT5M' },
  },
  topics: {
    news: {
      subscriptions: { dropping: {}, burying: { deadLetteringOnMessageExpiration: true } },
    },
  },
};

let broker: TestBroker;
let client: ServiceBusClient;
beforeAll(async () => {
  broker = await TestBroker.start({ config });
});
afterAll(async () => {
  await broker.dispose();
});
beforeEach(() => {
  client = broker.client();
});

/** A time by the broker's clock, which the tests move on. */
let moved = 0;
const inAnHour = (): Date => new Date(Date.now() + moved + HOUR);
async function moveAnHour(): Promise<void> {
  await broker.fault({ moveClock: HOUR });
  moved += HOUR;
}

test('a scheduled message becomes active at its time, under a new number, and not when it is cancelled', async () => {
  const sender = client.createSender('timed');
  const at = inAnHour();
  const [kept, cancelled] = await sender.scheduleMessages([{ body: 'kept' }, { body: 'cancelled' }], at);
  await sender.sendMessages({ body: 'annotated', scheduledEnqueueTimeUtc: at });
  if (!kept || !cancelled) throw new Error('no number');
  await sender.cancelScheduledMessages(cancelled);
  expect(await broker.counts('timed')).toMatchObject({ active: 0, scheduled: 2 });
  await moveAnHour();
  const receiver = client.createReceiver('timed');
  const messages = [];
  for (let i = 0; i < 2; i++) {
    const message = await receiveOne(receiver);
    messages.push(message);
    await receiver.completeMessage(message);
  }
  expect(messages.map(({ body, state }) => [body, state])).toEqual([
    ['kept', 'scheduled'],
    ['annotated', 'scheduled'],
  ]);
  expect(messages[0]?.sequenceNumber?.greaterThan(kept)).toBe(true);
  for (const gone of [kept, cancelled])
    await expect(sender.cancelScheduledMessages(gone)).rejects.toMatchObject({ code: 'MessageNotFound' });
  expect(await broker.counts('timed')).toMatchObject({
    active: 0,
    scheduled: 0,
    totals: { scheduledSends: 3, cancelled: 1, activated: 2 },
  });
});

test('a message that was scheduled by its annotation is cancelled by the number that peeking shows', async () => {
  const sender = client.createSender('annotated');
  await sender.sendMessages({ body: 'x', scheduledEnqueueTimeUtc: inAnHour() });
  const [message] = await client.createReceiver('annotated').peekMessages(1);
  expect(message).toMatchObject({ body: 'x', state: 'scheduled' });
  if (!message?.sequenceNumber) throw new Error('no number');
  await sender.cancelScheduledMessages(message.sequenceNumber);
  await moveAnHour();
  expect(await broker.counts('annotated')).toMatchObject({ active: 0, scheduled: 0 });
});

test('schedules outlive a crash: one is cancelled after it, the other comes at its time', async () => {
  const at = inAnHour();
  const numbers = await client.createSender('several').scheduleMessages([{ body: 1 }, { body: 2 }, { body: 3 }], at);
  await broker.kill();
  await broker.run();
  moved = 0;
  client = broker.client();
  await client.createSender('several').cancelScheduledMessages(numbers.slice(0, 2));
  expect(await broker.counts('several')).toMatchObject({ scheduled: 1 });
  await broker.fault({ moveClock: at.getTime() - Date.now() });
  moved = at.getTime() - Date.now();
  expect(await receiveOne(client.createReceiver('several'))).toMatchObject({ body: 3 });
});

test('either all scheduled messages of a call are cancelled or none', async () => {
  const sender = client.createSender('several');
  const [number] = await sender.scheduleMessages({ body: 'x' }, inAnHour());
  if (!number) throw new Error('no number');
  await expect(sender.cancelScheduledMessages([number, number.add(100)])).rejects.toMatchObject({
    code: 'MessageNotFound',
  });
  expect(await broker.counts('several')).toMatchObject({ scheduled: 1 });
});

test('a scheduled time in the past means at once', async () => {
  const sender = client.createSender('overtaken');
  await sender.scheduleMessages({ body: 'asked for' }, new Date(Date.now() - HOUR));
  await sender.sendMessages({ body: 'annotated', scheduledEnqueueTimeUtc: new Date(Date.now() - HOUR) });
  await eventually('both are active', async () => (await broker.counts('overtaken')).active === 2);
});

test("a topic's scheduled messages go to its subscriptions at their time, unless they are cancelled", async () => {
  const sender = client.createSender('news');
  const [, cancelled] = await sender.scheduleMessages([{ body: 'kept' }, { body: 'cancelled' }], inAnHour());
  if (!cancelled) throw new Error('no number');
  await sender.cancelScheduledMessages(cancelled);
  expect(await broker.counts('news/Subscriptions/dropping')).toMatchObject({ active: 0 });
  await moveAnHour();
  const messages = await client.createReceiver('news', 'dropping').peekMessages(10);
  expect(messages.map(({ body }) => body)).toEqual(['kept']);
});

test('a message whose time to live ends is dropped or dead-lettered, as its queue says', async () => {
  await client.createSender('fleeting').sendMessages({ body: 'x', timeToLive: 50 });
  await client.createSender('expiring').sendMessages({ body: 'y', timeToLive: 50 });
  await eventually('it is dropped', async () => (await broker.counts('fleeting')).active === 0);
  const letter = await receiveOne(client.createReceiver('expiring', { subQueueType: 'deadLetter' }));
  expect(letter).toMatchObject({
    body: 'y',
    deadLetterReason: 'TTLExpiredException',
    deadLetterErrorDescription: 'The message expired and was dead lettered.',
  });
  expect(await broker.counts('fleeting')).toMatchObject({ deadLetter: 0, totals: { expired: 1 } });
});

test("a message whose time to live ends is dropped or dead-lettered, as a topic's subscription says", async () => {
  const before = (await broker.counts('news/Subscriptions/dropping')).totals['expired'] ?? 0;
  await client.createSender('news').sendMessages({ body: 'old news', timeToLive: 50 });
  const letter = await receiveOne(client.createReceiver('news', 'burying', { subQueueType: 'deadLetter' }));
  expect(letter).toMatchObject({ body: 'old news', deadLetterReason: 'TTLExpiredException' });
  await eventually(
    'it is dropped',
    async () => (await broker.counts('news/Subscriptions/dropping')).totals['expired'] === before + 1,
  );
  expect(await broker.counts('news/Subscriptions/dropping')).toMatchObject({ deadLetter: 0 });
});

test("the shorter time to live counts, the message's or its queue's, from its activation on", async () => {
  const sender = client.createSender('brief');
  await sender.sendMessages({ body: 'long', timeToLive: 24 * HOUR });
  await sender.scheduleMessages({ body: 'scheduled' }, inAnHour());
  await moveAnHour();
  await eventually('the first expires', async () => (await broker.counts('brief')).deadLetter === 1);
  expect(await broker.counts('brief')).toMatchObject({ active: 1, scheduled: 0 });
  await moveAnHour();
  await eventually('the second expires', async () => (await broker.counts('brief')).deadLetter === 2);
});

test('a message that is locked when its time to live ends is left to its receiver', async () => {
  await client.createSender('held').sendMessages([
    { body: 'completed', timeToLive: 60_000 },
    { body: 'abandoned', timeToLive: 60_000 },
  ]);
  const receiver = client.createReceiver('held', { maxAutoLockRenewalDurationInMs: 0 });
  const completed = await receiveOne(receiver);
  const abandoned = await receiveOne(receiver);
  await broker.fault({ moveClock: 120_000 });
  moved += 120_000;
  await receiver.completeMessage(completed);
  await receiver.abandonMessage(abandoned);
  await eventually('it expires', async () => (await broker.counts('held')).deadLetter === 1);
  expect(await broker.counts('held')).toMatchObject({ active: 0, totals: { completed: 1 } });
});
