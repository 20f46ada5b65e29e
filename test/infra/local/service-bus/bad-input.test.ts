import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AMQP_HEADER, EMPTY_FRAME, amqpFrame } from '#local/service-bus/amqp/frames';
import { described, uint } from '#local/service-bus/amqp/value';
import { BrokerProcess } from './broker-process';
import { fuzz } from './fuzz';
import {
  attachReceiver,
  attachSender,
  authorized,
  exchange,
  grant,
  greeting,
  message,
  open,
  transfer,
} from './raw-client';
import { receiveOne } from './receive-one';
import { until } from './until';

const config = {
  queues: { plain: {}, fuzzed: {}, sessions: { requiresSession: true }, greedy: {} },
  topics: { topic: { subscriptions: { s: {} } } },
};

let broker: BrokerProcess;
beforeAll(async () => {
  broker = await BrokerProcess.start({ config });
});
afterAll(async () => {
  await broker.dispose();
});

/** After whatever a client did, others are served, and the broker had no error of its own. */
afterEach(async () => {
  const client = broker.client();
  await client.createSender('plain').sendMessages({ body: 'still here' });
  const receiver = client.createReceiver('plain');
  await receiver.completeMessage(await receiveOne(receiver));
  await client.close();
  expect(broker.log).not.toContain('failed');
});

const huge = Buffer.from([0x7f, 0xff, 0xff, 0xff, 2, 0, 0, 0]);
const deep = Buffer.concat([Buffer.from([0, 0, 0, 0, 2, 0, 0, 0]), Buffer.alloc(4_000, 0x00)]);
deep.writeUInt32BE(deep.length, 0);

test.each([
  ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'AMQP'],
  ['an older AMQP', Buffer.from('AMQP\x01\x01\x00\x0a'), 'AMQP'],
  ['a frame larger than allowed', Buffer.concat([greeting(), huge]), 'amqp:framing-error'],
  [
    'a frame smaller than its header',
    Buffer.concat([greeting(), Buffer.from([0, 0, 0, 3, 2, 0, 0, 0])]),
    'amqp:framing-error',
  ],
  ['values nested without end', Buffer.concat([greeting(), deep]), 'amqp:decode-error'],
  ['an unknown performative', Buffer.concat([greeting(), amqpFrame(0, 0x55, [])]), 'amqp:decode-error'],
  ['a session that was not begun', Buffer.concat([greeting(), amqpFrame(9, 0x17, [])]), 'amqp:illegal-state'],
  ['a link that is not attached', Buffer.concat([greeting(), transfer(5, 0, message('a', 'b'))]), 'unattached-handle'],
  ['a handle twice', Buffer.concat([greeting(), attachSender(0, '$cbs'), attachSender(0, '$cbs')]), 'handle-in-use'],
  ['begin before open', Buffer.concat([AMQP_HEADER, amqpFrame(0, 0x11, [null, uint(0), uint(1), uint(1)])]), 'AMQP'],
])('a client that sends %s is told so and cut off', async (_, bytes, reason) => {
  const { answer, ended } = await exchange(broker, bytes, 5_000);
  expect(ended).toBe(true);
  expect(answer.toString('latin1')).toContain(reason);
});

test.each([
  ['an unknown entity', 'nowhere', 'amqp:not-found'],
  ['a missing subscription', 'topic/Subscriptions/none', 'amqp:not-found'],
  ['an entity no token was put for', 'sessions', 'amqp:unauthorized-access'],
])('a link to %s is refused, and the connection stays', async (_, address, reason) => {
  const bytes = Buffer.concat([authorized(broker.port, 'plain'), attachReceiver(1, address), attachSender(2, 'plain')]);
  const { answer, ended } = await exchange(broker, bytes, 200);
  expect(answer.toString('latin1')).toContain(reason);
  expect(answer.toString('latin1')).toContain('sender-2');
  expect(ended).toBe(false);
});

test('dispositions of unknown deliveries, over any range, change nothing', async () => {
  const all = amqpFrame(0, 0x15, [true, uint(0), uint(0xffffffff), false, described(0x24, [])]);
  const bytes = Buffer.concat([
    authorized(broker.port, 'plain'),
    attachReceiver(1, 'plain'),
    ...Array.from({ length: 200 }, () => all),
  ]);
  expect((await exchange(broker, bytes, 100)).ended).toBe(false);
});

test('a client that takes messages and never settles gets no more than a bounded number', async () => {
  const client = broker.client();
  const sender = client.createSender('greedy');
  for (let i = 0; i < 12; i++) await sender.sendMessages(Array.from({ length: 500 }, (_, n) => ({ body: n })));
  const window = amqpFrame(0, 0x13, [
    uint(0),
    uint(0x7fffffff),
    uint(0),
    uint(2_048),
    uint(1),
    uint(0),
    uint(0x7fffffff),
  ]);
  const socket = await open(broker);
  socket.on('data', () => undefined);
  socket.write(Buffer.concat([authorized(broker.port, 'greedy'), attachReceiver(1, 'greedy'), window]));
  await until(async () => (await broker.counts('greedy')).locked === 5_000);
  socket.destroy();
});

test('a client that does not read what it asked for does not fill the memory', async () => {
  const before = await broker.memory();
  const socket = await open(broker);
  socket.pause();
  const peeks = Array.from({ length: 2_000 }, (_, id) => transfer(0, id + 10, Buffer.alloc(200, 0x40)));
  socket.write(
    Buffer.concat([authorized(broker.port, 'greedy'), attachReceiver(1, 'greedy'), grant(1, 2_000), ...peeks]),
  );
  await new Promise((fulfil) => socket.write(greeting(), fulfil));
  expect((await broker.memory()) - before).toBeLessThan(100 * 1024 * 1024);
  socket.destroy();
});

test('unfinished messages of one client take no more than a bounded memory', async () => {
  const piece = (handle: number): Buffer => {
    const frame = Buffer.concat([
      amqpFrame(0, 0x14, [uint(handle), uint(handle), Buffer.from('t'), uint(0), false, true]),
      Buffer.alloc(900_000),
    ]);
    frame.writeUInt32BE(frame.length, 0);
    return frame;
  };
  const handles = Array.from({ length: 100 }, (_, index) => index + 1);
  const attaches = handles.map((handle) => attachSender(handle, 'plain'));
  const bytes = Buffer.concat([authorized(broker.port, 'plain'), ...attaches, ...handles.map(piece)]);
  const { answer, ended } = await exchange(broker, bytes, 10_000);
  expect(ended).toBe(true);
  expect(answer.toString('latin1')).toContain('amqp:resource-limit-exceeded');
});

test('a thousand connections, half of them half open, leave room for others', async () => {
  const sockets: Socket[] = [];
  for (let i = 0; i < 1_000; i++) {
    const socket = await open(broker);
    sockets.push(socket);
    socket.on('data', () => undefined);
    socket.write(i % 2 === 0 ? greeting() : AMQP_HEADER.subarray(0, 5));
  }
  const client = broker.client();
  await client.createSender('plain').sendMessages({ body: 'between a thousand' });
  const receiver = client.createReceiver('plain');
  const message = await receiveOne(receiver);
  expect(message.body).toBe('between a thousand');
  expect(await broker.memory()).toBeLessThan(400 * 1024 * 1024);
  for (const socket of sockets) socket.resetAndDestroy();
  await receiver.completeMessage(message);
});

test('a client that asked for signs of life gets them', async () => {
  const impatient = amqpFrame(0, 0x10, ['impatient', null, null, null, uint(300)]);
  const { answer } = await exchange(broker, Buffer.concat([AMQP_HEADER, impatient]), 500);
  expect(answer.indexOf(EMPTY_FRAME, answer.indexOf(EMPTY_FRAME) + 8)).toBeGreaterThan(0);
});

test('what needs no answer is acknowledged at once all the same, so that nothing waits behind it', async () => {
  const socket = await open(broker);
  let answer = Buffer.alloc(0);
  socket.on('data', (chunk) => (answer = Buffer.concat([answer, Buffer.from(chunk)])));
  socket.write(Buffer.concat([authorized(broker.port, 'greedy'), attachReceiver(1, 'greedy')]));
  await until(() => answer.includes('receiver-1'));
  socket.write(grant(1, 0));
  await until(() => answer.subarray(-8).equals(EMPTY_FRAME));
  socket.destroy();
});

test('thousands of mutated frames do no harm', async () => {
  await fuzz(broker, 10_000, 20_261_121);
});
