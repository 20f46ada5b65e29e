import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AMQP_HEADER, SASL_HEADER, amqpFrame, saslFrame } from '#amqp/frames';
import { type Encodable, described, symbol, uint } from '#amqp/value';
import { Bystander } from '#test/support/bystander';
import { fuzz } from '#test/support/fuzz';
import {
  RawClient,
  type TokenOptions,
  accept,
  attachReceiver,
  attachSender,
  attachTo,
  audienceOf,
  authorized,
  grant,
  greeting,
  message,
  putToken,
  request,
  token,
  transfer,
} from '#test/support/raw-client';
import { receiveOne } from '#test/support/receive-one';
import { refusals } from '#test/support/refusals';
import { TestBroker } from '#test/support/test-broker';

const MEGABYTE = 1024 * 1024;

const config = {
  queues: { standing: {}, plain: {}, fuzzed: {}, sessions: { requiresSession: true } },
  topics: { topic: { subscriptions: { s: {} } } },
};

let broker: TestBroker;
let bystander: Bystander;
beforeAll(async () => {
  broker = await TestBroker.start({ config, process: {} });
  bystander = await Bystander.join(broker, 'standing');
});
afterAll(async () => {
  await broker.dispose();
});

/** Whatever a client did, others noticed nothing, and the broker logged no failure of its own. */
afterEach(() => bystander.noticedNothing());

const oversized = Buffer.from([0x7f, 0xff, 0xff, 0xff, 2, 0, 0, 0]);
const aMegabyteAndMore = Buffer.from([0, 0x10, 0, 1, 2, 0, 0, 0]);
const tooSmall = Buffer.from([0, 0, 0, 3, 2, 0, 0, 0]);
const badOffset = Buffer.from([0, 0, 0, 8, 200, 0, 0, 0]);
const deep = Buffer.concat([Buffer.from([0, 0, 0, 0, 2, 0, 0, 0]), Buffer.alloc(4_000, 0x00)]);
deep.writeUInt32BE(deep.length, 0);
const plainOpen = Buffer.concat([AMQP_HEADER, amqpFrame(0, 0x10, ['raw-client', '127.0.0.1'])]);
const begin = amqpFrame(0, 0x11, [null, uint(0), uint(1), uint(1)]);

const malformed: [string, Buffer[], string][] = [
  ['another protocol', [Buffer.from('GET / HTTP/1.1\r\n\r\n')], 'AMQP'],
  ['an older AMQP', [Buffer.from('AMQP\x01\x01\x00\x0a')], 'AMQP'],
  ['SASL that is none', [SASL_HEADER, saslFrame(0x44, [])], 'AMQP'],
  ['begin before open', [AMQP_HEADER, begin], 'amqp:illegal-state'],
  ['open twice', [greeting(), amqpFrame(0, 0x10, ['again'])], 'amqp:illegal-state'],
  ['a frame larger than any', [greeting(), oversized], 'amqp:framing-error'],
  ['a frame a byte larger than allowed', [greeting(), aMegabyteAndMore], 'larger than 1048576'],
  ['a first frame of a megabyte', [AMQP_HEADER, aMegabyteAndMore], 'larger than 8192'],
  ['a frame smaller than its header', [greeting(), tooSmall], 'amqp:framing-error'],
  ['a frame whose body begins behind its end', [greeting(), badOffset], 'amqp:framing-error'],
  ['values nested without end', [greeting(), deep], 'amqp:decode-error'],
  ['a frame that is no performative', [greeting(), amqpFrame(0, 0x70, [])], 'amqp:decode-error'],
  ['an unknown performative', [greeting(), amqpFrame(0, 0x55, [])], 'amqp:decode-error'],
  ['a field of a wrong type', [greeting(), amqpFrame(0, 0x16, ['handle'])], 'amqp:invalid-field'],
  ['a mandatory field missing', [greeting(), amqpFrame(0, 0x12, ['name'])], 'amqp:invalid-field'],
  ['a session that was not begun', [greeting(), amqpFrame(9, 0x17, [])], 'amqp:illegal-state'],
  ['a channel that is too high', [plainOpen, amqpFrame(9_999, 0x11, [null, uint(0), uint(1), uint(1)])], 'not-allowed'],
  ['a link that is not attached', [greeting(), transfer(5, 0, message('a', 'b'))], 'unattached-handle'],
  ['a handle twice', [greeting(), attachSender(0, '$cbs'), attachSender(0, '$cbs')], 'handle-in-use'],
  ['a handle that is too high', [greeting(), attachSender(5_000, '$cbs')], 'amqp:not-allowed'],
];

test.each(malformed)('a client that sends %s gets the reason and is cut off', async (_, bytes, reason) => {
  const client = await RawClient.connect(broker, ...bytes);
  await client.isCutOff();
  expect(client.answer.toString('latin1')).toContain(reason);
});

test('bytes that are no message are rejected, and their link stays', async () => {
  const sections = [Buffer.from('no message'), message('a', 'b').subarray(0, 30), Buffer.alloc(40, 0x40)];
  const client = await RawClient.connect(broker, authorized(broker, 'plain'), attachSender(1, 'plain'));
  client.say(...sections.map((section, id) => transfer(1, 10 + id, section)), transfer(1, 20, message('good', 'b')));
  await client.hears('amqp:decode-error');
  await receiveOne(broker.client().createReceiver('plain', { receiveMode: 'receiveAndDelete' }));
  expect(client.ended).toBe(false);
  client.hangUp();
});

test.each([
  ['an unknown entity', 'nowhere', 'amqp:not-found'],
  ['an unknown topic', 'nowhere/Subscriptions/s', 'amqp:not-found'],
  ['a missing subscription', 'topic/Subscriptions/none', 'amqp:not-found'],
  ["a missing subscription's dead letters", 'topic/Subscriptions/none/$DeadLetterQueue', 'amqp:not-found'],
  ["a missing subscription's management", 'topic/Subscriptions/none/$management', 'amqp:not-found'],
  ['an entity no token was put for', 'sessions', 'amqp:unauthorized-access'],
  ['no address', '', 'amqp:not-found'],
])('a link to %s is refused, and the connection stays', async (_, address, reason) => {
  const client = await RawClient.connect(
    broker,
    authorized(broker, 'plain'),
    attachReceiver(1, address),
    attachSender(2, 'plain'),
  );
  await client.hears(reason);
  await client.hears('sender-2');
  expect(client.ended).toBe(false);
  client.hangUp();
});

test('the SDK learns that an entity or a subscription does not exist, whatever it asks for there', async () => {
  const client = broker.client();
  const missing = { code: 'MessagingEntityNotFound', retryable: false };
  await expect(client.createSender('nowhere').sendMessages({ body: 1 })).rejects.toMatchObject(missing);
  await expect(client.createReceiver('nowhere').receiveMessages(1)).rejects.toMatchObject(missing);
  await expect(client.createReceiver('nowhere').peekMessages(1)).rejects.toMatchObject(missing);
  await expect(client.createReceiver('topic', 'none').receiveMessages(1)).rejects.toMatchObject(missing);
  await expect(client.acceptNextSession('topic', 'none')).rejects.toMatchObject(missing);
  await expect(client.createRuleManager('topic', 'none').deleteRule('r')).rejects.toMatchObject(missing);
});

const wrongTokens: [string, TokenOptions, string][] = [
  ['the wrong key', { key: 'wrong' }, 'signature'],
  ['an unknown key name', { keyName: 'Nobody' }, 'unknown key'],
  ['a token that is expired', { lifetime: -5 }, 'expired'],
  ['a token for another entity', { resource: 'sb://127.0.0.1/sessions' }, 'another resource'],
];

test.each(wrongTokens)('a client with %s gets 401, and opens nothing', async (_, wrong, reason) => {
  const audience = audienceOf(broker, 'plain');
  const client = await RawClient.connect(
    broker,
    greeting(),
    attachSender(0, '$cbs'),
    attachReceiver(1, '$cbs'),
    grant(1, 10),
    transfer(0, 0, putToken(audience, token(audience, wrong))),
    attachSender(2, 'plain'),
  );
  await client.hears(reason);
  await client.hears('amqp:unauthorized-access');
  client.hangUp();
});

test('the SDK with a wrong key learns that it is not authorized, for every kind of link', async () => {
  const client = broker.client({ key: 'wrong', retryOptions: { maxRetries: 0 } });
  for (const call of [
    client.createSender('plain').sendMessages({ body: 1 }),
    client.createReceiver('plain').receiveMessages(1),
    client.createReceiver('plain').peekMessages(1),
    client.acceptSession('sessions', 's'),
    client.createSender('plain').scheduleMessages({ body: 1 }, new Date()),
  ]) {
    for (const reason of await refusals(call)) expect(reason).toMatchObject({ code: 'UnauthorizedAccess' });
  }
});

test.each([
  ['a delivery that was never made', accept(0, 0)],
  ['every delivery there could be', accept(0, 0xffffffff)],
  ['a range that ends before it begins', accept(5, 2)],
])('a disposition of %s ends the connection of who sends it', async (_, disposition) => {
  const client = await RawClient.connect(broker, authorized(broker, 'plain'), attachReceiver(1, 'plain'), disposition);
  await client.isCutOff();
  expect(client.answer.toString('latin1')).toContain('amqp:illegal-state');
});

test('a disposition of what is settled already changes nothing', async () => {
  const client = broker.client();
  await client.createSender('plain').sendMessages([{ body: 'first' }, { body: 'second' }]);
  const raw = await RawClient.connect(broker, authorized(broker, 'plain'), attachReceiver(1, 'plain'), grant(1, 1));
  await raw.hears('first');
  raw.say(accept(0, 0), accept(0, 0), ...Array.from({ length: 200 }, () => accept(0, 0)), grant(1, 2));
  await raw.hears('second');
  expect(await broker.counts('plain')).toMatchObject({ active: 1, locked: 1 });
  raw.say(accept(0, 1));
  await receiveNothing();
  raw.hangUp();
});

async function receiveNothing(): Promise<void> {
  const receiver = broker.client().createReceiver('plain', { receiveMode: 'receiveAndDelete' });
  expect(await receiver.receiveMessages(1, { maxWaitTimeInMs: 200 })).toEqual([]);
}

test.each([
  ['settling', 'update-disposition', { 'disposition-status': 'completed' }],
  ['renewing', 'renew-lock', {}],
])('%s an unknown lock token through $management is answered: lock lost', async (_, operation, body) => {
  const tokens: Encodable = { type: 'array', of: 'uuid', values: [Buffer.alloc(16, 1)] };
  const client = await RawClient.connect(
    broker,
    authorized(broker, 'plain'),
    attachSender(1, 'plain/$management'),
    attachReceiver(2, 'plain/$management'),
    grant(2, 10),
    transfer(1, 10, request(operation, { 'lock-tokens': tokens, ...body })),
  );
  await client.hears('com.microsoft:message-lock-lost');
  expect(client.ended).toBe(false);
  client.hangUp();
});

test.each([
  ['an operation that is not there', 'batch-delete-messages', {}, 'amqp:not-implemented'],
  ['a request without what it needs', 'peek-message', {}, 'amqp:invalid-field'],
])('%s is refused through $management', async (_, operation, body, reason) => {
  const client = await RawClient.connect(
    broker,
    authorized(broker, 'plain'),
    attachSender(1, 'plain/$management'),
    attachReceiver(2, 'plain/$management'),
    grant(2, 10),
    transfer(1, 10, request(operation, body)),
  );
  await client.hears(reason);
  client.hangUp();
});

test('a transaction is refused at once: the link to its coordinator, and whatever claims to belong to one', async () => {
  const coordinator = described(0x30, [symbol('amqp:local-transactions')]);
  const client = await RawClient.connect(
    broker,
    greeting(),
    attachTo(1, coordinator),
    attachTo(2, described(0x30, [])),
  );
  await client.hears('transactions are not supported');
  expect(client.ended).toBe(false);
  client.hangUp();
  const state = described(0x34, [Buffer.from('txn'), described(0x24, [])]);
  const fields = [uint(1), uint(10), Buffer.from('t'), uint(0), false, false, null, state];
  for (const frame of [amqpFrame(0, 0x14, fields), amqpFrame(0, 0x15, [true, uint(0), uint(0), false, state])]) {
    const other = await RawClient.connect(broker, authorized(broker, 'plain'), attachSender(1, 'plain'), frame);
    await other.isCutOff();
    expect(other.answer.toString('latin1')).toContain('transactions are not supported');
  }
});

test('thousands of clients that send nonsense leave nothing behind in memory', async () => {
  const before = await broker.health();
  for (let round = 0; round < 50; round++) {
    const clients = await Promise.all(malformed.map(([, bytes]) => RawClient.connect(broker, ...bytes)));
    await Promise.all(clients.map((client) => client.isCutOff()));
  }
  const after = await broker.health();
  expect(after.connections).toBe(before.connections);
  expect(after.rssBytes - before.rssBytes).toBeLessThan(60 * MEGABYTE);
});

test('thousands of mutated frames do no harm, and leave nothing behind in memory', async () => {
  const before = await broker.health();
  await fuzz(broker, 10_000, 20_261_121);
  const after = await broker.health();
  expect(after.connections).toBe(before.connections);
  expect(after.rssBytes - before.rssBytes).toBeLessThan(150 * MEGABYTE);
});
