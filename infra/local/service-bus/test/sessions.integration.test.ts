import type { ServiceBusSender } from '@azure/service-bus';
import { eventually } from '@cartage/stack/eventually';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { receiveOne } from '#test/support/receive-one';
import { TestBroker } from '#test/support/test-broker';

const session = { requiresSession: true, lockDuration: 'PT30S' };
const config = {
  queues: {
    ordered: session,
    next: session,
    states: session,
    lost: session,
    refused: session,
    plain: {},
    renewed: session,
    deferred: session,
    shared: session,
    letters: { ...session, maxDeliveryCount: 1 },
  },
  topics: { events: { subscriptions: { ordered: session } } },
};

let broker: TestBroker;
beforeAll(async () => {
  broker = await TestBroker.start({ config });
});
afterAll(async () => {
  await broker.dispose();
});

async function send(sender: ServiceBusSender, sessionId: string, ...bodies: unknown[]): Promise<void> {
  await sender.sendMessages(bodies.map((body) => ({ body, sessionId })));
}

test('a session receiver gets the messages of its session alone, in order', async () => {
  const client = broker.client();
  const sender = client.createSender('ordered');
  await send(sender, 'a', 1, 2);
  await send(sender, 'b', 3);
  await send(sender, 'a', 4);
  const receiver = await client.acceptSession('ordered', 'a');
  const bodies = [];
  for (let i = 0; i < 3; i++) {
    const message = await receiveOne(receiver);
    expect(message.sessionId).toBe('a');
    bodies.push(message.body);
    await receiver.completeMessage(message);
  }
  expect(bodies).toEqual([1, 2, 4]);
  await receiver.close();
});

test('the next free session is given out, and the wait for one ends in time', async () => {
  const client = broker.client();
  const waiting = client.acceptNextSession('next');
  const sender = client.createSender('next');
  await send(sender, 'late', 'x');
  const receiver = await waiting;
  expect(receiver.sessionId).toBe('late');
  await expect(client.acceptSession('next', 'late')).rejects.toMatchObject({ code: 'SessionCannotBeLocked' });
  const impatient = broker.client({ retryOptions: { timeoutInMs: 300, maxRetries: 0 } });
  await expect(impatient.acceptNextSession('next')).rejects.toMatchObject({ code: 'ServiceTimeout' });
  const unsettled = await receiveOne(receiver);
  await receiver.close();
  const again = await client.acceptNextSession('next');
  expect(await receiveOne(again)).toMatchObject({ messageId: unsettled.messageId, deliveryCount: 1 });
});

test("a session's state is kept, also over a crash, and its lock can be renewed", async () => {
  const receiver = await broker.client().acceptSession('states', 's');
  expect(await receiver.getSessionState()).toBeNull();
  await receiver.setSessionState({ step: 2 });
  const before = receiver.sessionLockedUntilUtc.getTime();
  expect(before).toBeGreaterThan(Date.now() + 20_000);
  await eventually('the lock ends later', async () => (await receiver.renewSessionLock()).getTime() > before);
  await broker.kill();
  await broker.run();
  const again = await broker.client().acceptSession('states', 's');
  expect(await again.getSessionState()).toEqual({ step: 2 });
});

test('a session lock that is lost ends its receiver and frees its messages', async () => {
  const client = broker.client();
  await send(client.createSender('lost'), 's', 'x');
  const receiver = await client.acceptSession('lost', 's');
  const message = await receiveOne(receiver);
  await broker.fault({ loseLocks: true });
  await eventually('the receiver is closed', () => receiver.isClosed);
  await expect(receiver.completeMessage(message)).rejects.toMatchObject({ code: 'SessionLockLost' });
  const again = await client.acceptSession('lost', 's');
  await again.completeMessage(await receiveOne(again));
});

test('an abandoned message keeps its place in its session', async () => {
  const client = broker.client();
  await send(client.createSender('ordered'), 'again', 1, 2, 3);
  const receiver = await client.acceptSession('ordered', 'again');
  await receiver.abandonMessage(await receiveOne(receiver));
  const bodies = [];
  for (let i = 0; i < 3; i++) {
    const message = await receiveOne(receiver);
    bodies.push([message.body, message.deliveryCount]);
    await receiver.completeMessage(message);
  }
  expect(bodies).toEqual([
    [1, 1],
    [2, 0],
    [3, 0],
  ]);
});

test("a session's lock holds for its messages, and lives on while it is renewed", async () => {
  const client = broker.client();
  await send(client.createSender('renewed'), 's', 'x');
  const receiver = await client.acceptSession('renewed', 's', { maxAutoLockRenewalDurationInMs: 0 });
  const message = await receiveOne(receiver);
  for (let i = 0; i < 3; i++) {
    await broker.fault({ moveClock: 20_000 });
    await receiver.renewSessionLock();
  }
  await receiver.completeMessage(message);
  await send(client.createSender('renewed'), 's', 'y');
  const late = await receiveOne(receiver);
  await broker.fault({ moveClock: 31_000 });
  await eventually('the receiver is closed', () => receiver.isClosed);
  await expect(receiver.completeMessage(late)).rejects.toMatchObject({ code: 'SessionLockLost' });
  await expect(receiver.renewSessionLock()).rejects.toMatchObject({ code: 'SessionLockLost' });
  const again = await client.acceptNextSession('renewed');
  expect(await receiveOne(again)).toMatchObject({ body: 'y', deliveryCount: 1 });
});

test('a message deferred in a session is received by its number there, and its state can be cleared', async () => {
  const client = broker.client();
  await send(client.createSender('deferred'), 's', 'later');
  const receiver = await client.acceptSession('deferred', 's');
  const message = await receiveOne(receiver);
  if (!message.sequenceNumber) throw new Error('no number');
  await receiver.setSessionState(message.sequenceNumber.toString());
  await receiver.deferMessage(message);
  await receiver.close();
  const again = await client.acceptSession('deferred', 's');
  expect(await again.getSessionState()).toBe(message.sequenceNumber.toString());
  const [back] = await again.receiveDeferredMessages(message.sequenceNumber);
  expect(back).toMatchObject({ body: 'later', state: 'deferred', deliveryCount: 1, sessionId: 's' });
  if (back) await again.completeMessage(back);
  await again.setSessionState(null);
  expect(await again.getSessionState()).toBeNull();
  expect(await broker.counts('deferred')).toMatchObject({ active: 0, deferred: 0 });
});

test('several receivers share the sessions of a queue, each in its order, and peek only their own', async () => {
  const sender = broker.client().createSender('shared');
  for (let body = 0; body < 5; body++) for (const sessionId of ['a', 'b', 'c']) await send(sender, sessionId, body);
  const receivers = await Promise.all([1, 2, 3].map(() => broker.client().acceptNextSession('shared')));
  expect(receivers.map(({ sessionId }) => sessionId).toSorted()).toEqual(['a', 'b', 'c']);
  for (const receiver of receivers) {
    const peeked = await receiver.peekMessages(10);
    expect(peeked.map(({ body, sessionId }) => [body, sessionId])).toEqual(
      [0, 1, 2, 3, 4].map((body) => [body, receiver.sessionId]),
    );
    const bodies: unknown[] = [];
    receiver.subscribe({
      processMessage: async ({ body }) => void bodies.push(body),
      processError: async () => undefined,
    });
    await eventually('the session is received', () => bodies.length === 5);
    expect(bodies).toEqual([0, 1, 2, 3, 4]);
  }
  await eventually('all are completed', async () => (await broker.counts('shared')).totals['completed'] === 15);
});

test("a subscription can require sessions, and a session's dead letters are read without one", async () => {
  const client = broker.client();
  await send(client.createSender('events'), 'one', 1, 2);
  const receiver = await client.acceptSession('events', 'ordered', 'one');
  expect((await receiveOne(receiver)).body).toBe(1);
  await send(client.createSender('letters'), 's', 'bad');
  const session = await client.acceptSession('letters', 's');
  await session.abandonMessage(await receiveOne(session));
  const letters = client.createReceiver('letters', { subQueueType: 'deadLetter' });
  const letter = await receiveOne(letters);
  expect(letter).toMatchObject({ body: 'bad', sessionId: 's', deadLetterReason: 'MaxDeliveryCountExceeded' });
  await letters.completeMessage(letter);
});

test('messages without a session id, and receivers that do not fit their queue, are refused', async () => {
  const client = broker.client();
  await expect(client.createSender('refused').sendMessages({ body: 1 })).rejects.toThrow('no session id');
  await expect(client.createReceiver('refused').receiveMessages(1)).rejects.toThrow('needs a session receiver');
  await expect(client.acceptSession('plain', 'x')).rejects.toThrow("requested session 'x'");
});
