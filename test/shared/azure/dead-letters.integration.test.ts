import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import { startChild, type Child } from '@cartage/stack/child';
import { eventually } from '@cartage/stack/eventually';
import { localSettings } from '@cartage/stack/settings';
import topology from '#topology';
import { receiveDeadLetter } from '#functions/operators/receive-dead-letter';
import { createBus } from '#shared/azure/bus';
import { createDeadLetters, type DeadLetter, type DeadLetters } from '#shared/azure/dead-letters';
import { createPurchaseStore } from '#shared/pipeline/purchase-store';
import { NOW } from '#test/support/builders';
import { settings } from '#test/support/machine';
import { memoryBlobs, memoryTable } from '#test/support/memory';

/** Dead letters of every kind, in the real dead-letter queue of the broker, through the real SDK. */

const QUEUE = 'purchase-requests';
let folder: string;
let broker: Child;
let connection: string;
let client: ServiceBusClient;
let deadLetters: DeadLetters;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cartage-dead-letters-'));
  const script = require.resolve('@cartage/service-bus/main');
  const config = join(folder, 'topology.json');
  writeFileSync(
    config,
    JSON.stringify({ ...topology, queueDefaults: { ...topology.queueDefaults, lockDuration: 'PT5S' } }),
  );
  const args = ['--port', '0', '--admin-port', '0', '--data', folder, '--config', config];
  broker = await startChild({ name: 'broker', script, args, env: process.env, log: () => undefined });
  const { port = 0, adminPort = 0 } = broker.ready;
  const ports = { blob: 0, table: 0, broker: port, brokerAdmin: adminPort, sandbox: 0 };
  connection = localSettings(ports, '', {}).ServiceBusConnection;
  client = new ServiceBusClient(connection);
  deadLetters = createDeadLetters(client);
});
afterAll(async () => {
  await client.close();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

const LIMITS = { most: 1000, milliseconds: 10_000 };

/** A message with another body than bytes, as the SDK wants it (AmqpAnnotatedMessage). */
interface Annotated {
  body: unknown;
  bodyType: 'value' | 'sequence';
  properties?: { messageId: string };
}
type Message = ServiceBusMessage | Annotated;

function withId(message: Message, messageId: string): Message {
  return 'bodyType' in message ? { ...message, properties: { messageId } } : { ...message, messageId };
}

/** Sends messages and has the broker move them to the dead-letter queue. */
async function kill(...messages: Message[]): Promise<void> {
  const sender = client.createSender(QUEUE);
  for (const message of messages) await sender.sendMessages(message);
  await sender.close();
  const receiver = client.createReceiver(QUEUE, { skipParsingBodyAsJson: true });
  const reason = { deadLetterReason: 'Tired', deadLetterErrorDescription: 'ten times' };
  for (let left = messages.length; left > 0;) {
    const received = await receiver.receiveMessages(left, { maxWaitTimeInMs: 5000 });
    for (const message of received) await receiver.deadLetterMessage(message, reason);
    left -= received.length;
  }
  await receiver.close();
}

async function read(limits = LIMITS): Promise<DeadLetter[]> {
  const all: DeadLetter[] = [];
  await deadLetters.read(QUEUE, limits, async (deadLetter) => void all.push(deadLetter));
  return all;
}
beforeEach(() => read());

const value = (body: unknown): Annotated => ({ body, bodyType: 'value' });
const sequence = (body: unknown[]): Annotated => ({ body, bodyType: 'sequence' });
const text = (one: string) => ({ amqp: 'string', value: one });
const long = (one: number) => ({ amqp: 'long', value: one });
const typed = (of: unknown, kind = 'amqp-value') => ({ kind, typed: of });
const bytes = (...of: number[]) => ({ kind: 'bytes', bytes: Buffer.from(of) });
/** As .NET writes a text with its DataContractSerializer. */
const DATA_CONTRACT = Buffer.from(
  '@\u0006string\u00083http://schemas.microsoft.com/2003/10/Serialization/\u0099\u0002{}',
);

const bodies: [string, Message, unknown][] = [
  ['bytes that are no text', { body: Buffer.from([0xff, 0, 0xfe]) }, bytes(0xff, 0, 0xfe)],
  ['no bytes at all', { body: Buffer.alloc(0) }, bytes()],
  ['a DataContract text', { body: DATA_CONTRACT }, { kind: 'bytes', bytes: DATA_CONTRACT }],
  ['a text (JMS TextMessage)', value('{"a":1}'), typed(text('{"a":1}'))],
  [
    'a map (JMS MapMessage)',
    value({ customer: 'x', quantity: 5, price: 1.5, isUrgent: true, note: null, lines: [1, 'a'] }),
    typed({
      amqp: 'map',
      value: {
        customer: text('x'),
        quantity: long(5),
        price: { amqp: 'double', value: 1.5 },
        isUrgent: { amqp: 'boolean', value: true },
        note: { amqp: 'null' },
        lines: { amqp: 'list', value: [long(1), text('a')] },
      },
    }),
  ],
  ['a map that looks like a section', value({ typecode: 0x75, content: 'x' }), typed(text('x'))],
  ['a list', value([1, [2]]), typed({ amqp: 'list', value: [long(1), { amqp: 'list', value: [long(2)] }] })],
  ['a number', value(42), typed(long(42))],
  ['a boolean', value(true), typed({ amqp: 'boolean', value: true })],
  ['null', value(null), typed({ amqp: 'null' })],
  ['a time', value(new Date(1)), typed({ amqp: 'timestamp', value: 1 })],
  ['a sequence', sequence([1, 'a']), typed({ amqp: 'list', value: [long(1), text('a')] }, 'amqp-sequence')],
];

test('a dead letter is read as what it is, whatever it holds, and once', async () => {
  await kill(...bodies.map(([what, message]) => withId(message, what)));
  const found = new Map((await read()).map((deadLetter) => [deadLetter.messageId, deadLetter]));
  expect(found.size).toBe(bodies.length);
  for (const [what, , body] of bodies) {
    const expected = { body, reason: 'Tired', description: 'ten times', properties: {}, failures: 0 };
    expect([what, found.get(what)]).toMatchObject([what, expected]);
  }
  expect(await read()).toEqual([]);
});

test('application properties are read exactly, times too', async () => {
  const applicationProperties = {
    Upper: 'a',
    'webhook-id': 'b',
    count: 42,
    half: 0.5,
    is: true,
    at: new Date(86_400_000),
  };
  await kill({ body: Buffer.from('x'), messageId: 'm', contentType: 'text/plain', applicationProperties });
  const [deadLetter] = await read();
  expect(deadLetter).toMatchObject({ messageId: 'm', contentType: 'text/plain', sequenceNumber: expect.any(String) });
  expect(deadLetter?.properties).toEqual(applicationProperties);
});

test('what can not be handled stays for the next run with one failure more, and stops nothing behind it', async () => {
  await kill(
    { body: 'good', messageId: 'good-1' },
    { body: 'bad', messageId: 'bad' },
    { body: 'good', messageId: 'good-2' },
  );
  const handled: unknown[] = [];
  const handle = async ({ messageId, failures, properties }: DeadLetter) => {
    if (messageId === 'bad' && failures < 3) throw new Error(`failure ${failures}`);
    handled.push([messageId, failures, properties]);
  };
  for (let run = 0; run < 3; run++) {
    const { errors } = await deadLetters.read(QUEUE, LIMITS, handle);
    expect(errors.map(String)).toEqual([`Error: failure ${run}`]);
  }
  await deadLetters.read(QUEUE, LIMITS, handle);
  expect(handled).toEqual([
    ['good-1', 0, {}],
    ['good-2', 0, {}],
    ['bad', 3, {}],
  ]);
});

test('a run reads no more than it may, and the next one goes on', async () => {
  await kill(...Array.from({ length: 12 }, (_, at) => ({ body: 'x', messageId: `m${at}` })));
  expect(await read({ ...LIMITS, most: 5 })).toHaveLength(5);
  expect(await read({ ...LIMITS, most: 5 })).toHaveLength(5);
  expect(await read({ ...LIMITS, milliseconds: 0 })).toHaveLength(0);
  expect(await read()).toHaveLength(2);
});

test('every kind of body ends as one unprocessable message, which says why and can be sent again as it was', async () => {
  await kill(...bodies.map(([what, message]) => withId(message, what)));
  const deps = {
    bus: createBus(client),
    overflow: memoryBlobs(),
    purchases: createPurchaseStore(memoryTable()),
    settings,
    log: () => undefined,
    now: () => NOW,
  };
  const { errors } = await deadLetters.read(QUEUE, LIMITS, receiveDeadLetter(QUEUE, deps));
  expect(errors).toEqual([]);
  const receiver = client.createReceiver('unprocessable-messages', { skipParsingBodyAsJson: true });
  const found = new Map<unknown, unknown>();
  await eventually('one unprocessable message for each kind', async () => {
    for (const { body, applicationProperties = {}, _rawAmqpMessage } of await receiver.receiveMessages(50, {
      maxWaitTimeInMs: 500,
    })) {
      expect(_rawAmqpMessage.bodyType).toBe('data');
      found.set(applicationProperties['originalMessageId'], { body, ...applicationProperties });
    }
    return found.size === bodies.length;
  });
  await receiver.close();
  for (const [what, , expected] of bodies) {
    const isBytes = typeof expected === 'object' && expected !== null && 'bytes' in expected;
    expect(found.get(what)).toMatchObject({
      ...(isBytes ? { body: expected.bytes } : { bodyType: expect.stringMatching(/^amqp-(value|sequence)$/) }),
      DeadLetterReason: 'dead-letter',
      DeadLetterErrorDescription: expect.stringContaining(isBytes ? 'Tired: ten times' : 'send JSON as bytes'),
      queue: QUEUE,
    });
  }
});

test('a value that is nested too deep for the AMQP library stops nothing behind it', async () => {
  await sendNested(5000);
  const sender = client.createSender(QUEUE);
  // The broker moves both by itself, since nobody could receive the first.
  await sender.sendMessages({ body: Buffer.from('behind it'), timeToLive: 1 });
  await sender.close();
  const found: DeadLetter[] = [];
  await eventually('the message behind it', async () => {
    const { errors } = await deadLetters.read(QUEUE, LIMITS, async (deadLetter) => void found.push(deadLetter));
    for (const error of errors) expect(error).toBeInstanceOf(RangeError);
    return found.length === 1;
  });
  expect(found).toMatchObject([{ body: { bytes: Buffer.from('behind it') }, reason: 'TTLExpiredException' }]);
});

/** Sends a list in a list in a list, so many deep, from a thread with a stack that is large enough for the sender. */
async function sendNested(depth: number): Promise<void> {
  const script = `
    const { workerData: { depth, connection, queue } } = require('node:worker_threads');
    const { ServiceBusClient } = require('@azure/service-bus');
    let body = null;
    for (let level = 0; level < depth; level++) body = [body];
    const client = new ServiceBusClient(connection);
    client.createSender(queue).sendMessages({ body, bodyType: 'value', header: { timeToLive: 1 } }).then(() => client.close());
  `;
  const worker = new Worker(script, {
    eval: true,
    workerData: { depth, connection, queue: QUEUE },
    resourceLimits: { stackSizeMb: 32 },
  });
  await once(worker, 'exit');
}

test('an outage is no failure of the dead letter, and ends the run', async () => {
  await kill(...['a', 'b'].map((messageId) => ({ body: Buffer.from('x'), messageId })));
  const away = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' });
  let tries = 0;
  const handle = async () => {
    tries += 1;
    throw away;
  };
  // As many as one batch held: the broker hands over what is there.
  const { handled, errors } = await deadLetters.read(QUEUE, LIMITS, handle);
  expect(handled).toBe(0);
  expect(errors).toHaveLength(tries);
  expect(tries).toBeLessThanOrEqual(2);
  const left = await read();
  expect(new Map(left.map(({ messageId, failures }) => [messageId, failures]))).toEqual(
    new Map([
      ['a', 0],
      ['b', 0],
    ]),
  );
});
