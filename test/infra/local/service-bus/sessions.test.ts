import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ServiceBusSender } from '@azure/service-bus';
import { BrokerProcess } from './broker-process';
import { receiveOne } from './receive-one';
import { until } from './until';

const session = { requiresSession: true, lockDuration: 'PT30S' };
const config = {
  queues: { ordered: session, next: session, states: session, lost: session, refused: session, plain: {} },
};

let broker: BrokerProcess;
beforeAll(async () => {
  broker = await BrokerProcess.start({ config });
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
  await until(async () => (await receiver.renewSessionLock()).getTime() > before);
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
  await until(() => receiver.isClosed);
  await expect(receiver.completeMessage(message)).rejects.toMatchObject({ code: 'SessionLockLost' });
  const again = await client.acceptSession('lost', 's');
  await again.completeMessage(await receiveOne(again));
});

test('messages without a session id, and receivers that do not fit their queue, are refused', async () => {
  const client = broker.client();
  await expect(client.createSender('refused').sendMessages({ body: 1 })).rejects.toThrow('no session id');
  await expect(client.createReceiver('refused').receiveMessages(1)).rejects.toThrow('needs a session receiver');
  await expect(client.acceptSession('plain', 'x')).rejects.toThrow("requested session 'x'");
});
