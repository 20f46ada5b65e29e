import { eventually } from '@cartage/stack/eventually';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { receiveOne } from '#test/support/receive-one';
import { refusals } from '#test/support/refusals';
import { TestBroker } from '#test/support/test-broker';

const config = {
  queueDefaults: { lockDuration: 'PT5S', maxDeliveryCount: 3 },
  queues: {
    plain: {},
    settle: {},
    limit: {},
    late: {},
    deferred: {},
    pull: {},
    batch: {},
    unnamed: {},
    types: {},
    once: { requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: 'PT1M' },
    peeked: {},
    twice: {},
  },
};

let broker: TestBroker;
beforeAll(async () => {
  broker = await TestBroker.start({ config });
});
afterAll(async () => {
  await broker.dispose();
});

test('a message comes out as it went in, in the order it was sent', async () => {
  const client = broker.client();
  const sender = client.createSender('plain');
  await sender.sendMessages({
    body: { order: 1 },
    messageId: 'a',
    correlationId: 'purchase',
    subject: 'test',
    contentType: 'application/json',
    applicationProperties: { text: 'x', number: 4.5, flag: true, whole: 7 },
  });
  await sender.sendMessages({ body: { order: 2 }, messageId: 'b' });
  const receiver = client.createReceiver('plain');
  const first = await receiveOne(receiver);
  expect(first).toMatchObject({
    body: { order: 1 },
    messageId: 'a',
    correlationId: 'purchase',
    subject: 'test',
    contentType: 'application/json',
    applicationProperties: { text: 'x', number: 4.5, flag: true, whole: 7 },
    deliveryCount: 0,
    state: 'active',
  });
  expect(first.lockedUntilUtc?.getTime()).toBeGreaterThan(Date.now());
  expect(Math.abs((first.enqueuedTimeUtc?.getTime() ?? 0) - Date.now())).toBeLessThan(5_000);
  const second = await receiveOne(receiver);
  expect(second.body).toEqual({ order: 2 });
  expect(second.sequenceNumber?.toNumber()).toBe((first.sequenceNumber?.toNumber() ?? 0) + 1);
  await receiver.completeMessage(first);
  await receiver.completeMessage(second);
  expect(await broker.counts('plain')).toMatchObject({ active: 0, totals: { sent: 2, delivered: 2, completed: 2 } });
});

test('an abandoned message comes again with its count and the changed properties', async () => {
  const client = broker.client();
  await client.createSender('settle').sendMessages({ body: 'x', applicationProperties: { kept: 1 } });
  const receiver = client.createReceiver('settle');
  await receiver.abandonMessage(await receiveOne(receiver), { tried: 'once' });
  const again = await receiveOne(receiver);
  expect(again).toMatchObject({ deliveryCount: 1, applicationProperties: { kept: 1, tried: 'once' } });
  await receiver.deadLetterMessage(again, {
    deadLetterReason: 'Broken',
    deadLetterErrorDescription: 'by the test',
    extra: 'yes',
  });
  const dead = client.createReceiver('settle', { subQueueType: 'deadLetter' });
  const letter = await receiveOne(dead);
  expect(letter).toMatchObject({
    deadLetterReason: 'Broken',
    deadLetterErrorDescription: 'by the test',
    applicationProperties: { kept: 1, tried: 'once', extra: 'yes' },
  });
  await expect(dead.deadLetterMessage(letter)).rejects.toThrow("can't be dead-lettered again");
  await broker.fault({ loseLocks: true });
  await dead.completeMessage(await receiveOne(dead));
  expect(await broker.counts('settle')).toMatchObject({
    active: 0,
    deadLetter: 0,
    totals: { abandoned: 1, deadLettered: 1 },
  });
});

test('a message that failed as often as the queue allows is dead-lettered', async () => {
  const client = broker.client();
  await client.createSender('limit').sendMessages({ body: 'x' });
  const receiver = client.createReceiver('limit');
  for (let i = 0; i < 3; i++) {
    const message = await receiveOne(receiver);
    expect(message.deliveryCount).toBe(i);
    await receiver.abandonMessage(message);
  }
  const letter = await receiveOne(client.createReceiver('limit', { subQueueType: 'deadLetter' }));
  expect(letter).toMatchObject({ deliveryCount: 3, deadLetterReason: 'MaxDeliveryCountExceeded' });
});

test('a lock that expires makes the message available again, and the old receiver gets an error', async () => {
  const client = broker.client();
  await client.createSender('late').sendMessages({ body: 'x' });
  const receiver = client.createReceiver('late', { maxAutoLockRenewalDurationInMs: 0 });
  const slow = await receiveOne(receiver);
  await broker.fault({ loseLocks: true });
  const again = await receiveOne(receiver);
  expect(again).toMatchObject({ messageId: slow.messageId, deliveryCount: 1 });
  await expect(receiver.completeMessage(slow)).rejects.toMatchObject({ code: 'MessageLockLost' });
  await receiver.completeMessage(again);
});

test('a deferred message is received by its number alone', async () => {
  const client = broker.client();
  await client.createSender('deferred').sendMessages([{ body: 'later' }, { body: 'now' }]);
  const receiver = client.createReceiver('deferred');
  const later = await receiveOne(receiver);
  const number = later.sequenceNumber;
  if (!number) throw new Error('no number');
  await receiver.deferMessage(later, { why: 'test' });
  const now = await receiveOne(receiver);
  expect(now.body).toBe('now');
  await receiver.completeMessage(now);
  expect(await broker.counts('deferred')).toMatchObject({ active: 0, deferred: 1 });
  const [back] = await receiver.receiveDeferredMessages(number);
  expect(back).toMatchObject({
    body: 'later',
    state: 'deferred',
    deliveryCount: 1,
    applicationProperties: { why: 'test' },
  });
  if (back) await receiver.completeMessage(back);
  await expect(receiver.receiveDeferredMessages(number)).rejects.toMatchObject({ code: 'MessageNotFound' });
});

test('receive-and-delete takes messages for good', async () => {
  const client = broker.client();
  await client.createSender('pull').sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);
  const receiver = client.createReceiver('pull', { receiveMode: 'receiveAndDelete' });
  const bodies: unknown[] = [];
  while (bodies.length < 3)
    bodies.push(...(await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 })).map(({ body }) => body));
  expect(bodies).toEqual([1, 2, 3]);
  expect(await broker.counts('pull')).toMatchObject({ active: 0, totals: { completed: 3, delivered: 3 } });
});

test('a batch arrives whole and in order; a subscriber gets and completes it', async () => {
  const client = broker.client();
  const sender = client.createSender('batch');
  const batch = await sender.createMessageBatch();
  for (let i = 0; i < 500; i++) expect(batch.tryAddMessage({ body: i })).toBe(true);
  await sender.sendMessages(batch);
  const bodies: unknown[] = [];
  const receiver = client.createReceiver('batch');
  const subscription = receiver.subscribe(
    {
      processMessage: async ({ body }) => void bodies.push(body),
      processError: async ({ error }) => {
        throw error;
      },
    },
    { maxConcurrentCalls: 16 },
  );
  await eventually('all are completed', async () => (await broker.counts('batch')).totals['completed'] === 500);
  await subscription.close();
  expect(bodies).toEqual(Array.from({ length: 500 }, (_, i) => i));
});

test('a message without an id is given one, so that it can be settled', async () => {
  const client = broker.client();
  await client.createSender('unnamed').sendMessages({ body: 'x', subject: 'nameless' });
  const receiver = client.createReceiver('unnamed');
  const message = await receiveOne(receiver);
  expect(message.subject).toBe('nameless');
  expect(message.messageId).toMatch(/^[0-9a-f]{32}$/);
  await receiver.completeMessage(message);
});

test('bodies of every kind and size pass unchanged', async () => {
  const client = broker.client();
  const sender = client.createSender('types');
  const receiver = client.createReceiver('types');
  const bodies = ['text', { deep: [1, { a: null }] }, [1, 2], 7, true, 'ü'.repeat(100_000), 'x'.repeat(900_000)];
  for (const body of bodies) {
    await sender.sendMessages({ body });
    const message = await receiveOne(receiver);
    expect(message.body).toEqual(body);
    await receiver.completeMessage(message);
  }
});

test('a message id seen within the window is accepted and dropped, also after the message is gone', async () => {
  const client = broker.client();
  const sender = client.createSender('once');
  await Promise.all([
    sender.sendMessages({ body: 1, messageId: 'same' }),
    sender.sendMessages({ body: 2, messageId: 'same' }),
  ]);
  const receiver = client.createReceiver('once');
  await receiver.completeMessage(await receiveOne(receiver));
  await sender.sendMessages({ body: 3, messageId: 'same' });
  await sender.scheduleMessages({ body: 4, messageId: 'same' }, new Date(Date.now() + 60_000));
  expect(await broker.counts('once')).toMatchObject({
    active: 0,
    scheduled: 0,
    totals: { sent: 1, duplicatesDropped: 3 },
  });
});

test('peeking shows every message and changes none', async () => {
  const client = broker.client();
  const sender = client.createSender('peeked');
  await sender.sendMessages([{ body: 1 }, { body: 2 }]);
  await sender.scheduleMessages({ body: 3 }, new Date(Date.now() + 600_000));
  const receiver = client.createReceiver('peeked');
  const locked = await receiveOne(receiver);
  const peeked = await receiver.peekMessages(10);
  expect(peeked.map(({ body, state }) => [body, state])).toEqual([
    [1, 'active'],
    [2, 'active'],
    [3, 'scheduled'],
  ]);
  expect(await receiver.peekMessages(10)).toEqual([]);
  await receiver.completeMessage(locked);
  expect(await broker.counts('peeked')).toMatchObject({ active: 1, scheduled: 1 });
});

test('with deliverTwice the first completion of each message is lost and the second counts', async () => {
  const client = broker.client();
  await broker.fault({ deliverTwice: true });
  await client.createSender('twice').sendMessages({ body: 'x' });
  const receiver = client.createReceiver('twice');
  await receiver.completeMessage(await receiveOne(receiver));
  const again = await receiveOne(receiver);
  await receiver.completeMessage(again);
  await broker.fault({ deliverTwice: false });
  expect(again.deliveryCount).toBe(1);
  expect(await broker.counts('twice')).toMatchObject({ active: 0, totals: { delivered: 2, completed: 1 } });
});

test('an unknown entity and a wrong key are told apart', async () => {
  await expect(broker.client().createSender('nowhere').sendMessages({ body: 1 })).rejects.toMatchObject({
    code: 'MessagingEntityNotFound',
  });
  const reasons = await refusals(broker.client({ key: 'wrong' }).createSender('plain').sendMessages({ body: 1 }));
  for (const reason of reasons) expect(reason).toMatchObject({ code: 'UnauthorizedAccess' });
});

test('the SDK tries a busy broker again', async () => {
  const client = broker.client();
  const sender = client.createSender('plain');
  await broker.fault({ serverBusy: 2 });
  await sender.sendMessages({ body: 'patient' });
  await broker.fault({ serverBusy: 1 });
  const [number] = await sender.scheduleMessages({ body: 'patient too' }, new Date(Date.now() + 600_000));
  if (number) await sender.cancelScheduledMessages(number);
  const receiver = client.createReceiver('plain');
  await receiver.completeMessage(await receiveOne(receiver));
});
