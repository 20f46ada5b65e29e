import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ServiceBusAdministrationClient } from '@azure/service-bus';
import { administrator } from './administrator';
import { BrokerProcess } from './broker-process';
import { receiveOne } from './receive-one';

let broker: BrokerProcess;
let admin: ServiceBusAdministrationClient;
beforeAll(async () => {
  broker = await BrokerProcess.start({ config: { queues: { configured: {} } } });
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

test('long lists come in pages', async () => {
  for (let i = 0; i < 120; i++) await admin.createTopic(`many-${i}`);
  let count = 0;
  for await (const { name } of admin.listTopics()) if (name.startsWith('many-')) count++;
  expect(count).toBe(120);
});

test('deleting a queue turns its receivers out and leaves others alone', async () => {
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
  expect(await admin.getNamespaceProperties()).toMatchObject({ messagingSku: 'Standard' });
});
