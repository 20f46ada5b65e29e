import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
  ServiceBusReceiverOptions,
} from '@azure/service-bus';
import { eventually } from '@cartage/stack/eventually';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { receiveOne } from '#test/support/receive-one';
import { TestBroker } from '#test/support/test-broker';

const SECOND = 1_000;
/** The SDK would renew locks by itself. */
const manual: ServiceBusReceiverOptions = { maxAutoLockRenewalDurationInMs: 0 };

type Settle = (receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage) => Promise<unknown>;

const reason = { deadLetterReason: 'Bad', deadLetterErrorDescription: 'why it is bad' };
const settlements: [string, Settle, object, object | undefined][] = [
  ['completed', (receiver, message) => receiver.completeMessage(message), { active: 0, deadLetter: 0 }, undefined],
  [
    'abandoned',
    (receiver, message) => receiver.abandonMessage(message, { tried: 'once', number: 2 }),
    { active: 1, totals: { abandoned: 1 } },
    { state: 'active', deliveryCount: 1, applicationProperties: { kept: 1, tried: 'once', number: 2 } },
  ],
  [
    'deferred',
    (receiver, message) => receiver.deferMessage(message, { tried: 'later' }),
    { active: 0, deferred: 1 },
    { state: 'deferred', deliveryCount: 1, applicationProperties: { kept: 1, tried: 'later' } },
  ],
  [
    'dead-lettered',
    (receiver, message) => receiver.deadLetterMessage(message, { ...reason, extra: true }),
    { active: 0, deadLetter: 1, totals: { deadLettered: 1 } },
    { deliveryCount: 0, ...reason, applicationProperties: { kept: 1, extra: true } },
  ],
];

/** One queue for each way to settle, over the link and without it. */
const perTest = Object.fromEntries(
  settlements.flatMap(([name]) => [
    [name, {}],
    [`${name}-late`, {}],
  ]),
);

const config = {
  queueDefaults: { lockDuration: 'PT30S', maxDeliveryCount: 5 },
  queues: {
    ...perTest,
    expiring: {},
    renewed: {},
    automatic: { lockDuration: 'PT5S' },
    restart: {},
    again: {},
    letters: { maxDeliveryCount: 1 },
  },
  topics: { news: { subscriptions: { all: { lockDuration: 'PT30S', maxDeliveryCount: 2 } } } },
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

async function peekOne(queue: string): Promise<ServiceBusReceivedMessage | undefined> {
  const [message] = await client.createReceiver(queue).peekMessages(1);
  const [letter] = await client.createReceiver(queue, { subQueueType: 'deadLetter' }).peekMessages(1);
  return message ?? letter;
}

test.each(settlements)('a message is %s over the link it came by', async (queue, settle, counts, left) => {
  await client.createSender(queue).sendMessages({ body: 'x', applicationProperties: { kept: 1 } });
  const receiver = client.createReceiver(queue, manual);
  await settle(receiver, await receiveOne(receiver));
  expect(await broker.counts(queue)).toMatchObject({ ...counts, locked: 0 });
  const found = await peekOne(queue);
  if (left) expect(found).toMatchObject(left);
  else expect(found).toBeUndefined();
});

test.each(settlements)(
  'a message is %s through $management when its link is gone',
  async (name, settle, counts, left) => {
    const queue = `${name}-late`;
    await client.createSender(queue).sendMessages({ body: 'x', applicationProperties: { kept: 1 } });
    const receiver = client.createReceiver(queue, manual);
    const message = await receiveOne(receiver);
    await broker.fault({ dropConnections: true });
    await eventually('all connections are cut', async () => (await broker.health()).connections === 0);
    await settle(receiver, message);
    expect(await broker.counts(queue)).toMatchObject({ ...counts, locked: 0 });
    const found = await peekOne(queue);
    if (left) expect(found).toMatchObject(left);
    else expect(found).toBeUndefined();
  },
);

test('the SDK renews the lock of a message by itself while it is being processed', async () => {
  // The SDK renews before the end of the lock, by its own clock: a broker whose clock is behind names an early end.
  await broker.fault({ moveClock: -4 * SECOND });
  await client.createSender('automatic').sendMessages({ body: 'x' });
  let renewed = 0;
  const subscription = client.createReceiver('automatic').subscribe({
    processMessage: async (message) => {
      const first = message.lockedUntilUtc?.getTime() ?? 0;
      await eventually('the lock is renewed', () => (message.lockedUntilUtc?.getTime() ?? 0) > first);
      renewed++;
    },
    processError: async () => undefined,
  });
  await eventually('it is completed', async () => (await broker.counts('automatic')).totals['completed'] === 1);
  expect(renewed).toBe(1);
  await subscription.close();
  await broker.fault({ moveClock: 4 * SECOND });
});

test('a lock that runs out makes the message available again, counted as a failed delivery', async () => {
  await client.createSender('expiring').sendMessages({ body: 'x' });
  const receiver = client.createReceiver('expiring', manual);
  const late = await receiveOne(receiver);
  await broker.fault({ moveClock: 29 * SECOND });
  expect(await broker.counts('expiring')).toMatchObject({ locked: 1 });
  await broker.fault({ moveClock: 2 * SECOND });
  const again = await receiveOne(receiver);
  expect(again).toMatchObject({ messageId: late.messageId, deliveryCount: 1 });
  for (const settle of [
    receiver.completeMessage(late),
    receiver.renewMessageLock(late),
    client.createReceiver('expiring').renewMessageLock(late),
  ])
    await expect(settle).rejects.toMatchObject({ code: 'MessageLockLost', retryable: false });
  await receiver.completeMessage(again);
});

test('a lock that is renewed outlives its first end', async () => {
  await client.createSender('renewed').sendMessages({ body: 'x' });
  const receiver = client.createReceiver('renewed', manual);
  const message = await receiveOne(receiver);
  for (let renewal = 0; renewal < 3; renewal++) {
    await broker.fault({ moveClock: 25 * SECOND });
    const before = message.lockedUntilUtc?.getTime() ?? 0;
    const renewed = await receiver.renewMessageLock(message);
    expect(renewed.getTime() - before).toBeGreaterThanOrEqual(24 * SECOND);
  }
  await receiver.completeMessage(message);
  expect(await broker.counts('renewed')).toMatchObject({ active: 0, totals: { delivered: 1, completed: 1 } });
});

test('a deferred message is received by its number after a crash, and can be settled in every way', async () => {
  await client.createSender('restart').sendMessages([1, 2, 3, 4].map((body) => ({ body })));
  const before = client.createReceiver('restart', manual);
  const numbers = [];
  for (let i = 0; i < 4; i++) {
    const message = await receiveOne(before);
    await before.deferMessage(message, { why: 'later' });
    if (message.sequenceNumber) numbers.push(message.sequenceNumber);
  }
  await broker.kill();
  await broker.run();
  client = broker.client();
  const receiver = client.createReceiver('restart', manual);
  const [done, bad, later, pulled] = await receiver.receiveDeferredMessages(numbers);
  if (!done || !bad || !later || !pulled) throw new Error('a message is missing');
  expect(later).toMatchObject({
    body: 3,
    state: 'deferred',
    deliveryCount: 1,
    applicationProperties: { why: 'later' },
  });
  await expect(receiver.receiveDeferredMessages(numbers)).rejects.toMatchObject({ code: 'MessageNotFound' });
  await receiver.completeMessage(done);
  await receiver.deadLetterMessage(bad, reason);
  await receiver.abandonMessage(later, { why: 'again' });
  await receiver.deferMessage(pulled);
  expect(await broker.counts('restart')).toMatchObject({ active: 0, deferred: 2, deadLetter: 1 });
  const puller = client.createReceiver('restart', { receiveMode: 'receiveAndDelete' });
  const left = await puller.receiveDeferredMessages(numbers.slice(2));
  expect(left).toMatchObject([
    { body: 3, deliveryCount: 2, applicationProperties: { why: 'again' } },
    { body: 4, deliveryCount: 2 },
  ]);
  expect(await broker.counts('restart')).toMatchObject({ deferred: 0, totals: { completed: 3 } });
});

test('a message is settled once: what is settled already is not there', async () => {
  await client.createSender('again').sendMessages({ body: 'x' });
  const receiver = client.createReceiver('again', manual);
  const message = await receiveOne(receiver);
  await receiver.completeMessage(message);
  const other = broker.client().createReceiver('again');
  await expect(other.renewMessageLock(message)).rejects.toMatchObject({ code: 'MessageLockLost' });
  expect(await broker.counts('again')).toMatchObject({ active: 0, totals: { completed: 1 } });
});

test('dead letters are not counted, not buried again, and leave when they are completed', async () => {
  await client.createSender('letters').sendMessages({ body: 'x' });
  const receiver = client.createReceiver('letters', manual);
  await receiver.abandonMessage(await receiveOne(receiver));
  const letters = client.createReceiver('letters', { ...manual, subQueueType: 'deadLetter' });
  for (let i = 0; i < 3; i++) {
    const letter = await receiveOne(letters);
    expect(letter).toMatchObject({ deliveryCount: 1, deadLetterReason: 'MaxDeliveryCountExceeded' });
    await letters.abandonMessage(letter);
  }
  const letter = await receiveOne(letters);
  await expect(letters.deadLetterMessage(letter)).rejects.toMatchObject({ code: 'GeneralError' });
  await broker.fault({ loseLocks: true });
  await letters.completeMessage(await receiveOne(letters));
  expect(await broker.counts('letters')).toMatchObject({ active: 0, deadLetter: 0 });
});

test("a subscription's dead letters are received with their reason, its own or the client's", async () => {
  await client.createSender('news').sendMessages([{ body: 'tired' }, { body: 'bad' }]);
  const receiver = client.createReceiver('news', 'all', manual);
  const bad = await receiver.receiveMessages(2, { maxWaitTimeInMs: 5_000 });
  for (const message of bad) {
    if (message.body === 'bad') await receiver.deadLetterMessage(message, reason);
    else await receiver.abandonMessage(message);
  }
  await receiver.abandonMessage(await receiveOne(receiver), { last: true });
  const letters = client.createReceiver('news', 'all', { ...manual, subQueueType: 'deadLetter' });
  const found = await letters.receiveMessages(2, { maxWaitTimeInMs: 5_000 });
  expect(found).toMatchObject([
    { body: 'bad', ...reason },
    { body: 'tired', deadLetterReason: 'MaxDeliveryCountExceeded', applicationProperties: { last: true } },
  ]);
  for (const letter of found) await letters.completeMessage(letter);
  expect(await broker.counts('news/Subscriptions/all')).toMatchObject({ active: 0, deadLetter: 0 });
});
