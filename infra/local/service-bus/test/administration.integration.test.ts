import type { ServiceBusAdministrationClient } from '@azure/service-bus';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { administrator } from '#test/support/administrator';
import { receiveOne } from '#test/support/receive-one';
import { TestBroker } from '#test/support/test-broker';

let broker: TestBroker;
let admin: ServiceBusAdministrationClient;
beforeAll(async () => {
  broker = await TestBroker.start({
    config: { queues: { configured: {} }, topics: { talk: { subscriptions: { all: {} } } } },
  });
  admin = administrator(broker);
});
afterAll(async () => {
  await broker.dispose();
});

test('queues are created, read, changed, listed, counted and deleted', async () => {
  const created = await admin.createQueue('made', {
    lockDuration: 'PT30S',
    maxDeliveryCount: 7,
    deadLetteringOnMessageExpiration: true,
  });
  expect(created).toMatchObject({
    name: 'made',
    lockDuration: 'PT30S',
    maxDeliveryCount: 7,
    deadLetteringOnMessageExpiration: true,
  });
  await expect(admin.createQueue('made')).rejects.toMatchObject({ code: 'MessageEntityAlreadyExistsError' });
  const changed = await admin.updateQueue({
    ...created,
    maxDeliveryCount: 2,
    forwardDeadLetteredMessagesTo: 'configured',
  });
  expect(changed).toMatchObject({ maxDeliveryCount: 2, forwardDeadLetteredMessagesTo: 'configured' });
  const client = broker.client();
  const sender = client.createSender('made');
  await sender.sendMessages([{ body: 1 }, { body: 2 }]);
  await sender.scheduleMessages({ body: 3 }, new Date(Date.now() + 600_000));
  const counts = await admin.getQueueRuntimeProperties('made');
  expect(counts).toMatchObject({
    activeMessageCount: 2,
    scheduledMessageCount: 1,
    deadLetterMessageCount: 0,
    totalMessageCount: 3,
  });
  expect(Math.abs(counts.createdAt.getTime() - Date.now())).toBeLessThan(60_000);
  const names = [];
  for await (const { name } of admin.listQueues()) names.push(name);
  expect(names).toEqual(['configured', 'made']);
  await admin.deleteQueue('made');
  expect(await admin.queueExists('made')).toBe(false);
  await expect(admin.getQueue('made')).rejects.toMatchObject({ code: 'MessageEntityNotFoundError' });
  await expect(broker.client().createSender('made').sendMessages({ body: 1 })).rejects.toMatchObject({
    code: 'MessagingEntityNotFound',
  });
});

test('topics, subscriptions and rules are administered, and messages follow the rules', async () => {
  await admin.createTopic('topic', { requiresDuplicateDetection: true });
  await admin.createSubscription('topic', 'filtered', {
    maxDeliveryCount: 4,
    defaultRuleOptions: { name: 'first', filter: { sqlExpression: "color = 'red'" } },
  });
  await admin.createSubscription('topic', 'all');
  await admin.createRule('topic', 'filtered', 'second', {
    subject: 'urgent',
    applicationProperties: { level: 3, loud: true },
  });
  await admin.createRule('topic', 'filtered', 'third', { sqlExpression: 'FALSE' }, { sqlExpression: 'SET x = 1' });
  const rules = [];
  for await (const rule of admin.listRules('topic', 'filtered')) rules.push(rule);
  expect(rules).toMatchObject([
    { name: 'first', filter: { sqlExpression: "color = 'red'" } },
    { name: 'second', filter: { subject: 'urgent', applicationProperties: { level: 3, loud: true } } },
    { name: 'third', action: { sqlExpression: 'SET x = 1' } },
  ]);
  expect(await admin.getRule('topic', 'all', '$Default')).toMatchObject({ filter: { sqlExpression: '1=1' } });
  await broker
    .client()
    .createSender('topic')
    .sendMessages([
      { body: 'red', applicationProperties: { color: 'red' } },
      { body: 'urgent', subject: 'urgent', applicationProperties: { level: 3, loud: true } },
      { body: 'neither' },
    ]);
  expect(await admin.getSubscriptionRuntimeProperties('topic', 'filtered')).toMatchObject({ activeMessageCount: 2 });
  expect(await admin.getSubscriptionRuntimeProperties('topic', 'all')).toMatchObject({ activeMessageCount: 3 });
  expect(await admin.getTopicRuntimeProperties('topic')).toMatchObject({ subscriptionCount: 2 });
  await admin.deleteRule('topic', 'filtered', 'second');
  await expect(admin.getRule('topic', 'filtered', 'second')).rejects.toMatchObject({
    code: 'MessageEntityNotFoundError',
  });
  await admin.deleteSubscription('topic', 'all');
  const names = [];
  for await (const { subscriptionName } of admin.listSubscriptions('topic')) names.push(subscriptionName);
  expect(names).toEqual(['filtered']);
  await broker.kill();
  await broker.run();
  expect(await admin.getSubscription('topic', 'filtered')).toMatchObject({ maxDeliveryCount: 4, topicName: 'topic' });
  expect(await admin.topicExists('topic')).toBe(true);
  await admin.deleteTopic('topic');
  expect(await admin.subscriptionExists('topic', 'filtered')).toBe(false);
});

test('lists of every kind come in pages, with their settings or their counts', async () => {
  const names = Array.from({ length: 120 }, (_, index) => `many-${`${index}`.padStart(3, '0')}`);
  const each = (make: (name: string) => [string, object]): object => Object.fromEntries(names.map(make));
  const rules = each((name) => [name, { correlationFilter: { label: name } }]);
  const subscriptions = { ruled: { rules }, ...each((name) => [name, {}]) };
  const topics = { crowded: { subscriptions }, ...each((name) => [`topic-${name}`, {}]) };
  const crowded = await TestBroker.start({ config: { queues: each((name) => [name, {}]), topics } });
  try {
    await expectPages(administrator(crowded), names);
  } finally {
    await crowded.dispose();
  }
});

async function expectPages(admin: ServiceBusAdministrationClient, names: readonly string[]): Promise<void> {
  const lists: [AsyncIterable<{ name?: string; subscriptionName?: string }>, string][] = [
    [admin.listQueues(), ''],
    [admin.listQueuesRuntimeProperties(), ''],
    [admin.listTopics(), 'topic-'],
    [admin.listTopicsRuntimeProperties(), 'topic-'],
    [admin.listSubscriptions('crowded'), ''],
    [admin.listSubscriptionsRuntimeProperties('crowded'), ''],
    [admin.listRules('crowded', 'ruled'), ''],
  ];
  for (const [list, prefix] of lists) {
    const found = [];
    for await (const { name, subscriptionName } of list) found.push(name ?? subscriptionName);
    expect(found).toEqual(expect.arrayContaining(names.map((name) => prefix + name)));
    expect(new Set(found).size).toBe(found.length);
  }
  const pages = [];
  for await (const page of admin.listQueues().byPage({ maxPageSize: 50 })) pages.push(page.length);
  expect(pages).toEqual([50, 50, 20]);
}

test('topics, subscriptions and rules are changed, and keep what was not mentioned', async () => {
  const topic = await admin.createTopic('changing', { defaultMessageTimeToLive: 'P1D' });
  const changed = await admin.updateTopic({ ...topic, maxMessageSizeInKilobytes: 256 });
  expect(changed).toMatchObject({ defaultMessageTimeToLive: 'P1D', maxMessageSizeInKilobytes: 256 });
  const subscription = await admin.createSubscription('changing', 's', {
    lockDuration: 'PT20S',
    requiresSession: true,
  });
  expect(await admin.updateSubscription({ ...subscription, maxDeliveryCount: 3 })).toMatchObject({
    lockDuration: 'PT20S',
    maxDeliveryCount: 3,
    requiresSession: true,
  });
  const rule = await admin.getRule('changing', 's', '$Default');
  await admin.updateRule('changing', 's', { ...rule, filter: { sqlExpression: "color = 'blue'" }, action: {} });
  expect(await admin.getRule('changing', 's', '$Default')).toMatchObject({
    filter: { sqlExpression: "color = 'blue'" },
  });
  const sender = broker.client().createSender('changing');
  for (const color of ['red', 'blue'])
    await sender.sendMessages({ body: color, sessionId: 'x', applicationProperties: { color } });
  await sender.scheduleMessages({ body: 'later' }, new Date(Date.now() + 600_000));
  expect(await admin.getTopicRuntimeProperties('changing')).toMatchObject({ scheduledMessageCount: 1 });
  expect(await admin.getSubscriptionRuntimeProperties('changing', 's')).toMatchObject({
    activeMessageCount: 1,
    deadLetterMessageCount: 0,
    totalMessageCount: 1,
  });
});

test('runtime counts tell dead letters and scheduled messages from active ones', async () => {
  await admin.createQueue('counted');
  const client = broker.client();
  const sender = client.createSender('counted');
  await sender.sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }]);
  await sender.scheduleMessages({ body: 4 }, new Date(Date.now() + 600_000));
  const receiver = client.createReceiver('counted');
  const reason = { deadLetterReason: 'Bad', deadLetterErrorDescription: 'x' };
  await receiver.deadLetterMessage(await receiveOne(receiver), reason);
  const counts = await admin.getQueueRuntimeProperties('counted');
  expect(counts).toMatchObject({
    activeMessageCount: 2,
    deadLetterMessageCount: 1,
    scheduledMessageCount: 1,
    totalMessageCount: 4,
    transferMessageCount: 0,
  });
  expect(counts.sizeInBytes).toBeGreaterThan(0);
});

test.each([
  ['a name that is none', () => admin.createQueue('-name-')],
  ['a lock that is too long', () => admin.createQueue('bad', { lockDuration: 'PT1H' })],
  ['a filter that is none', () => admin.createRule('talk', 'all', 'x', { sqlExpression: 'a = = b' })],
  ['another kind of entity', async () => admin.updateTopic({ ...(await admin.getTopic('talk')), name: 'configured' })],
  [
    'sessions for a queue that has none',
    async () => admin.updateQueue({ ...(await admin.getQueue('configured')), requiresSession: true }),
  ],
])('%s is refused', async (_, call) => {
  await expect(call()).rejects.toMatchObject({ statusCode: 400 });
});

test('deleting a queue detaches its receivers and leaves others alone', async () => {
  await admin.createQueue('doomed');
  const client = broker.client();
  const receiver = client.createReceiver('doomed');
  const waiting = receiver.receiveMessages(1, { maxWaitTimeInMs: 20_000 });
  await client.createSender('configured').sendMessages({ body: 'safe' });
  await admin.deleteQueue('doomed');
  await expect(waiting).rejects.toThrow();
  expect((await receiveOne(client.createReceiver('configured'))).body).toBe('safe');
});

test('a wrong key and impossible settings are refused', async () => {
  await expect(administrator(broker, 'wrong').getQueue('configured')).rejects.toMatchObject({
    code: 'UnauthorizedRequestError',
  });
  await expect(admin.createQueue('bad', { lockDuration: 'PT1H' })).rejects.toMatchObject({ statusCode: 400 });
  await expect(admin.createRule('nowhere', 'none', 'x', { sqlExpression: '1=1' })).rejects.toMatchObject({
    code: 'MessageEntityNotFoundError',
  });
  expect(await admin.getNamespaceProperties()).toMatchObject({ messagingSku: 'Premium' });
});
