import type { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { receiveOne } from '#test/support/receive-one';
import { TestBroker } from '#test/support/test-broker';

const config = {
  queues: {
    first: { forwardTo: 'second' },
    second: { forwardTo: 'third' },
    third: {},
    strict: { maxDeliveryCount: 1, forwardDeadLetteredMessagesTo: 'graveyard' },
    graveyard: {},
    circle: { forwardTo: 'circle' },
    hop1: { forwardTo: 'hop2' },
    hop2: { forwardTo: 'hop3' },
    hop3: { forwardTo: 'hop4' },
    hop4: { forwardTo: 'hop5' },
    hop5: { forwardTo: 'hop6' },
    hop6: {},
    ordered: { requiresSession: true },
    toOrdered: { forwardTo: 'ordered' },
    toNews: { forwardTo: 'news' },
    weary: { maxDeliveryCount: 1, forwardDeadLetteredMessagesTo: 'obituaries' },
    single: { requiresDuplicateDetection: true },
    toSingle: { forwardTo: 'single' },
  },
  topics: {
    obituaries: { subscriptions: { all: {} } },
    personal: { subscriptions: { sessions: { requiresSession: true } } },
    brief: { defaultMessageTimeToLive: 'PT10S', subscriptions: { s: { deadLetteringOnMessageExpiration: true } } },
    news: {
      subscriptions: {
        everything: { forwardTo: 'third' },
        dear: { rules: { dear: { sqlFilter: { sqlExpression: "amount > 100 AND sys.Label LIKE 'order%'" } } } },
        marked: {
          rules: {
            mark: {
              sqlFilter: { sqlExpression: 'amount < 10' },
              action: { sqlExpression: "SET size = 'small'; REMOVE amount" },
            },
          },
        },
      },
    },
  },
};

let broker: TestBroker;
let client: ServiceBusClient;
beforeAll(async () => {
  broker = await TestBroker.start({ config });
  client = broker.client();
});
afterAll(async () => {
  await broker.dispose();
});

async function peek(queue: string, subscription?: string): Promise<unknown[]> {
  const receiver =
    subscription === undefined ? client.createReceiver(queue) : client.createReceiver(queue, subscription);
  return (await receiver.peekMessages(50)).map(({ body }) => body);
}

test('a message is forwarded from queue to queue, and dropped there when it is a duplicate', async () => {
  await client.createSender('first').sendMessages({ body: 'far' });
  expect(await peek('third')).toEqual(['far']);
  await client.createSender('toSingle').sendMessages([
    { body: 1, messageId: 'same' },
    { body: 2, messageId: 'other' },
  ]);
  await client.createSender('toSingle').sendMessages({ body: 3, messageId: 'same' });
  expect(await peek('single')).toEqual([1, 2]);
});

test('a dead letter is forwarded with its reason and where it came from', async () => {
  await client.createSender('strict').sendMessages({ body: 'bad' });
  const receiver = client.createReceiver('strict');
  await receiver.abandonMessage(await receiveOne(receiver));
  const letter = await receiveOne(client.createReceiver('graveyard'));
  expect(letter).toMatchObject({
    body: 'bad',
    deadLetterSource: 'strict',
    deadLetterReason: 'MaxDeliveryCountExceeded',
    deliveryCount: 0,
  });
});

test('dead letters are forwarded to a topic as well', async () => {
  await client.createSender('weary').sendMessages({ body: 'bad' });
  const receiver = client.createReceiver('weary');
  const options = { deadLetterReason: 'Bad', deadLetterErrorDescription: 'x' };
  await receiver.deadLetterMessage(await receiveOne(receiver), options);
  expect(await receiveOne(client.createReceiver('obituaries', 'all'))).toMatchObject({
    body: 'bad',
    deadLetterSource: 'weary',
    deadLetterReason: 'Bad',
    deadLetterErrorDescription: 'x',
  });
  expect(await broker.counts('weary')).toMatchObject({ active: 0, deadLetter: 0 });
});

test('a message is forwarded four times, and not a fifth time', async () => {
  await client.createSender('hop2').sendMessages({ body: 'four' });
  expect(await peek('hop6')).toEqual(['four']);
  await client.createSender('hop1').sendMessages({ body: 'five' });
  expect(await receiveOne(client.createReceiver('hop5', { subQueueType: 'deadLetter' }))).toMatchObject({
    body: 'five',
    deadLetterReason: 'MaxTransferHopCountExceeded',
  });
  await client.createSender('circle').sendMessages({ body: 'dizzy' });
  expect(await receiveOne(client.createReceiver('circle', { subQueueType: 'deadLetter' }))).toMatchObject({
    body: 'dizzy',
    deadLetterReason: 'MaxTransferHopCountExceeded',
  });
});

test('a queue forwards to a topic, and so to all its subscriptions', async () => {
  await client.createSender('toNews').sendMessages({ body: 'told', applicationProperties: { amount: 1 } });
  expect(await peek('news', 'marked')).toEqual(['told']);
  expect(await peek('third')).toContain('told');
});

test('a message without a session is dead-lettered where sessions are required', async () => {
  await client.createSender('toOrdered').sendMessages([{ body: 'lost' }, { body: 'found', sessionId: 's' }]);
  await client.createSender('personal').sendMessages([{ body: 'lost' }, { body: 'found', sessionId: 's' }]);
  const letter = { body: 'lost', deadLetterReason: 'Session ID is null.' };
  for (const path of [['ordered'], ['personal', 'sessions']] as const) {
    const [queue, subscription] = path;
    const options = { subQueueType: 'deadLetter' } as const;
    const letters =
      subscription === undefined
        ? client.createReceiver(queue, options)
        : client.createReceiver(queue, subscription, options);
    expect(await receiveOne(letters)).toMatchObject(letter);
    const session =
      subscription === undefined
        ? await client.acceptNextSession(queue)
        : await client.acceptNextSession(queue, subscription);
    expect(await receiveOne(session)).toMatchObject({ body: 'found', sessionId: 's' });
  }
});

test('a message lives no longer than the topic it came through allows', async () => {
  await client.createSender('brief').sendMessages({ body: 'short-lived', timeToLive: 60_000 });
  await broker.fault({ moveClock: 10_000 });
  const letter = await receiveOne(client.createReceiver('brief', 's', { subQueueType: 'deadLetter' }));
  expect(letter).toMatchObject({ body: 'short-lived', deadLetterReason: 'TTLExpiredException' });
});

test('SQL filters choose and SQL actions change what a subscription gets', async () => {
  await client.createSender('news').sendMessages([
    { body: 'dear', subject: 'order placed', applicationProperties: { amount: 250 } },
    { body: 'cheap', subject: 'order placed', applicationProperties: { amount: 5 } },
    { body: 'other', subject: 'invoice', applicationProperties: { amount: 500 } },
  ]);
  expect(await peek('news', 'dear')).toEqual(['dear']);
  const marked = await receiveOne(client.createReceiver('news', 'marked'));
  expect(marked.applicationProperties).toEqual({ size: 'small' });
  expect(await peek('third')).toEqual(expect.arrayContaining(['dear', 'cheap', 'other']));
});

test('rules are added, listed and removed with the rule manager', async () => {
  const rules = client.createRuleManager('news', 'dear');
  await rules.createRule('b-correlated', {
    correlationId: 'c-1',
    applicationProperties: { kind: 'x', amount: 3, fraction: 0.5, flag: true },
  });
  await rules.createRule('a-sql', { sqlExpression: "kind = 'y'" }, { sqlExpression: 'SET seen = 1' });
  await expect(rules.createRule('a-sql', { sqlExpression: '1=1' })).rejects.toMatchObject({
    code: 'MessagingEntityAlreadyExists',
  });
  await expect(rules.createRule('broken', { sqlExpression: 'a = = b' })).rejects.toThrow('not valid');
  const listed = [];
  for await (const rule of rules.listRules()) listed.push(rule);
  expect(listed.map(({ name }) => name)).toEqual(['a-sql', 'b-correlated', 'dear']);
  expect(listed[0]).toMatchObject({
    filter: { sqlExpression: "kind = 'y'" },
    action: { sqlExpression: 'SET seen = 1' },
  });
  expect(listed[1]).toMatchObject({
    filter: { correlationId: 'c-1', applicationProperties: { kind: 'x', amount: 3, fraction: 0.5, flag: true } },
  });
  await rules.deleteRule('dear');
  await expect(rules.deleteRule('dear')).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
  await client.createSender('news').sendMessages({
    body: 'by id',
    correlationId: 'c-1',
    applicationProperties: { kind: 'x', amount: 3, fraction: 0.5, flag: true },
  });
  expect(await peek('news', 'dear')).toEqual(['by id']);
});

test('after a restart the rules of the configuration hold again', async () => {
  await broker.kill();
  await broker.run();
  client = broker.client();
  const names = [];
  for await (const { name } of client.createRuleManager('news', 'dear').listRules()) names.push(name);
  expect(names).toEqual(['dear']);
});
