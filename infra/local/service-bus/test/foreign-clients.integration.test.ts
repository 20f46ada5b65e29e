import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import rhea, { type Connection, type ConnectionOptions } from 'rhea';
import { administrator } from '#test/support/administrator';
import { receiveOne } from '#test/support/receive-one';
import { TEST_KEY, TestBroker } from '#test/support/test-broker';

/** What clients do that the SDK for JavaScript does not. */

let broker: TestBroker;
beforeAll(async () => {
  broker = await TestBroker.start({
    config: { queues: { work: {} }, topics: { events: { subscriptions: { all: {} } } } },
  });
});
afterAll(async () => {
  await broker.dispose();
});

const user = { username: 'RootManageSharedAccessKey', password: TEST_KEY };

function connect(options: Partial<ConnectionOptions> = {}): Connection {
  const { port } = broker;
  const connection = rhea
    .create_container()
    .connect({ host: '127.0.0.1', port, reconnect: false, ...user, ...options });
  connection.on('disconnected', () => undefined); // rhea would print it
  return connection;
}

async function sendOver(connection: Connection, address: string, message: rhea.Message): Promise<void> {
  const sender = connection.open_sender(address);
  await once(sender, 'sendable');
  const accepted = once(sender, 'accepted');
  sender.send(message);
  await accepted;
}

test('the name and the key as user and password open everything, and so does the whole URL as the address', async () => {
  const connection = connect();
  await sendOver(connection, `amqps://127.0.0.1:${broker.port}/work`, { body: 'hello' });
  connection.close();
  expect(await receiveOne(broker.client().createReceiver('work'))).toMatchObject({ body: 'hello' });
});

test.each([[{ password: 'wrong' }], [{ username: 'Somebody' }]])('%j is refused', async (wrong) => {
  const connection = connect(wrong);
  const [{ error }] = await once(connection, 'connection_error').catch(() => once(connection, 'disconnected'));
  expect(String(error)).toMatch(/auth/i);
});

test('a footer, which rhea writes before the body, arrives with the message', async () => {
  const connection = connect();
  await sendOver(connection, 'work', { body: 'with footer', footer: { checksum: 7 } });
  connection.close();
  expect(await receiveOne(broker.client().createReceiver('work'))).toMatchObject({ body: 'with footer' });
});

test('what is sent or scheduled through a link to an entity that was deleted meanwhile is refused, never acknowledged', async () => {
  const admin = administrator(broker);
  await admin.createQueue('brief');
  const client = broker.client({ retryOptions: { maxRetries: 0 } });
  const [sender, scheduler] = [client.createSender('brief'), client.createSender('brief')];
  await sender.sendMessages({ body: 1 });
  await scheduler.scheduleMessages({ body: 2 }, new Date(Date.now() + 60_000));
  await admin.deleteQueue('brief');
  await expect(sender.sendMessages({ body: 3 })).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
  await expect(scheduler.scheduleMessages({ body: 4 }, new Date(Date.now() + 60_000))).rejects.toThrow(
    'could not be found',
  );
  await admin.createQueue('brief');
  await client.createSender('brief').sendMessages({ body: 5 });
  expect(await receiveOne(client.createReceiver('brief'))).toMatchObject({ body: 5 });
});

test('a send that arrives while its entity is being deleted is refused or deleted with it, never lost in the new one', async () => {
  const admin = administrator(broker);
  await admin.createQueue('racing');
  const client = broker.client({ retryOptions: { maxRetries: 0 } });
  const sender = client.createSender('racing');
  await sender.sendMessages({ body: 0 });
  const deleted = admin.deleteQueue('racing');
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, body) => sender.sendMessages({ body })));
  await deleted;
  await expect(sender.sendMessages({ body: 1 })).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'MessagingEntityNotFound' });
  }
});

test('a rule for a subscription that was deleted meanwhile is refused', async () => {
  const admin = administrator(broker);
  await admin.createSubscription('events', 'brief');
  const rules = broker.client({ retryOptions: { maxRetries: 0 } }).createRuleManager('events', 'brief');
  await rules.createRule('first', { correlationId: '1' });
  await admin.deleteSubscription('events', 'brief');
  await expect(rules.createRule('second', { correlationId: '2' })).rejects.toThrow('could not be found');
  expect(await admin.subscriptionExists('events', 'brief')).toBe(false);
});
