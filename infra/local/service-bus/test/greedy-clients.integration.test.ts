import { eventually } from '@cartage/stack/eventually';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { AMQP_HEADER, EMPTY_FRAME, amqpFrame } from '#amqp/frames';
import { long, uint } from '#amqp/value';
import { Bystander } from '#test/support/bystander';
import {
  RawClient,
  attachReceiver,
  attachSender,
  authorize,
  authorized,
  grant,
  greeting,
  request,
  transfer,
} from '#test/support/raw-client';
import { TestBroker } from '#test/support/test-broker';

const MEGABYTE = 1024 * 1024;
const WITHOUT_END = 0x7fffffff;

const config = {
  queues: { standing: {}, idle: {}, shut: {}, greedy: {}, unread: {}, gone: {}, peeked: {}, parts: {} },
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

/** Whatever a client took or kept, others noticed nothing, and the broker logged no failure of its own. */
afterEach(() => bystander.noticedNothing());

async function send(queue: string, messages: number, size: number): Promise<void> {
  const sender = broker.client().createSender(queue);
  const body = Buffer.alloc(size);
  const batch = Math.max(1, Math.min(500, Math.floor(900_000 / (size + 200))));
  for (let sent = 0; sent < messages; sent += batch)
    await sender.sendMessages(Array.from({ length: Math.min(batch, messages - sent) }, () => ({ body })));
}

async function memory(): Promise<number> {
  return (await broker.health()).rssBytes;
}

test('a client that never grants credit keeps its link and gets nothing, while thousands of messages wait', async () => {
  const idle = await RawClient.connect(broker, authorized(broker, 'idle'), attachReceiver(1, 'idle'));
  await idle.hears('receiver-1');
  const before = await memory();
  await send('idle', 30_000, 1_000);
  // The messages, what is kept beside each, and the garbage of receiving them.
  expect((await memory()) - before).toBeLessThan(220 * MEGABYTE);
  expect(await broker.counts('idle')).toMatchObject({ active: 30_000, locked: 0 });
  const taken = await broker.client().createReceiver('idle').receiveMessages(20, { maxWaitTimeInMs: 5_000 });
  expect(taken.length).toBeGreaterThan(0);
  expect(idle.ended).toBe(false);
  idle.say(grant(1, 1));
  await idle.hears('x-opt-locked-until');
  idle.hangUp();
});

test("a client that never opens its session's window gets nothing, whatever credit it grants", async () => {
  const shut = await RawClient.connect(
    broker,
    greeting(0),
    authorize(broker, 'shut'),
    attachReceiver(1, 'shut'),
    grant(1, WITHOUT_END, 0),
  );
  await shut.hears('receiver-1');
  await send('shut', 5_000, 1_000);
  expect(await broker.counts('shut')).toMatchObject({ active: 5_000, locked: 0 });
  const [message] = await broker.client().createReceiver('shut').receiveMessages(1, { maxWaitTimeInMs: 5_000 });
  expect(message?.deliveryCount).toBe(0);
  shut.say(grant(1, WITHOUT_END, 3));
  await eventually('it gets what fits', async () => (await broker.counts('shut')).locked === 4);
  shut.hangUp();
});

test('a client that takes messages and never settles gets no more than a bounded number, and more when it does', async () => {
  await send('greedy', 7_000, 100);
  const greedy = await RawClient.connect(
    broker,
    authorized(broker, 'greedy'),
    attachReceiver(1, 'greedy'),
    grant(1, WITHOUT_END, WITHOUT_END),
  );
  await eventually('it gets 5,000', async () => (await broker.counts('greedy')).locked === 5_000);
  greedy.say(amqpFrame(0, 0x15, [true, uint(0), uint(2_999), true, null]));
  await eventually('it gets 3,000 more', async () => (await broker.counts('greedy')).totals['delivered'] === 8_000);
  greedy.hangUp();
});

test.each([
  ['under locks', 'unread', false],
  ['for good', 'gone', true],
])(
  'a client that takes messages %s and does not read them leaves the others to those who do',
  async (_, queue, settled) => {
    const size = 100_000;
    await send(queue, 450, size);
    const before = await memory();
    const client = await RawClient.connect(broker);
    client.socket.pause();
    client.say(
      authorized(broker, queue),
      attachReceiver(1, queue, undefined, settled),
      grant(1, WITHOUT_END, WITHOUT_END),
    );
    const delivered = async (): Promise<number> => (await broker.counts(queue)).totals['delivered'] ?? 0;
    await eventually('deliveries begin', async () => (await delivered()) > 0);
    // The sockets' buffers take some megabytes, then nothing more goes out.
    let last = -1;
    await eventually('deliveries stop', async () => {
      const now = await delivered();
      const stands = now === last;
      last = now;
      return stands;
    });
    expect(last * size).toBeLessThan(25 * MEGABYTE);
    expect((await memory()) - before).toBeLessThan(60 * MEGABYTE);
    const receiver = broker.client().createReceiver(queue, { receiveMode: 'receiveAndDelete' });
    expect(await receiver.receiveMessages(5, { maxWaitTimeInMs: 5_000 })).not.toEqual([]);
    client.socket.resume();
    await eventually('it gets the rest', async () => (await delivered()) === 450);
    client.hangUp();
  },
);

test('a client that asks and asks, and reads no answer, is not read from', async () => {
  await send('peeked', 20, 200_000);
  const before = await memory();
  const client = await RawClient.connect(broker);
  client.socket.pause();
  const peek = request('peek-message', { 'from-sequence-number': long(0), 'message-count': uint(20) });
  client.say(
    authorized(broker, 'peeked/$management'),
    attachSender(1, 'peeked/$management'),
    attachReceiver(2, 'peeked/$management'),
    grant(2, WITHOUT_END, WITHOUT_END),
    ...Array.from({ length: 5_000 }, (_, id) => transfer(1, id + 10, peek)),
  );
  await bystander.isServed();
  // All answers together would be 20 GB.
  expect((await memory()) - before).toBeLessThan(250 * MEGABYTE);
  client.hangUp();
});

test('a client that asks and asks, and grants no credit for answers, is cut off', async () => {
  const before = await memory();
  const peek = request('peek-message', { 'from-sequence-number': long(0), 'message-count': uint(20) });
  const client = await RawClient.connect(
    broker,
    authorized(broker, 'peeked/$management'),
    attachSender(1, 'peeked/$management'),
    attachReceiver(2, 'peeked/$management'),
    ...Array.from({ length: 12_000 }, (_, id) => transfer(1, id + 10, peek)),
  );
  await client.hears('amqp:resource-limit-exceeded');
  await client.isCutOff();
  expect((await memory()) - before).toBeLessThan(250 * MEGABYTE);
});

test('a client whose messages never end is cut off before they fill the memory', async () => {
  const piece = (handle: number): Buffer => {
    const frame = Buffer.concat([
      amqpFrame(0, 0x14, [uint(handle), uint(handle), Buffer.from('t'), uint(0), false, true]),
      Buffer.alloc(900_000),
    ]);
    frame.writeUInt32BE(frame.length, 0);
    return frame;
  };
  const handles = Array.from({ length: 100 }, (_, index) => index + 1);
  const attaches = handles.map((handle) => attachSender(handle, 'parts'));
  const client = await RawClient.connect(broker, authorized(broker, 'parts'), ...attaches, ...handles.map(piece));
  await client.hears('amqp:resource-limit-exceeded');
  await client.isCutOff();
});

test('a client that attaches link after link is cut off at 5,000', async () => {
  const sessions = [1, 2, 3, 4, 5].map((channel) => amqpFrame(channel, 0x11, [null, uint(0), uint(9), uint(9)]));
  const attaches = Array.from({ length: 5_120 }, (_, index) => {
    const attach = attachReceiver(index % 1_024, 'parts');
    attach.writeUInt16BE(1 + Math.floor(index / 1_024), 6);
    return attach;
  });
  const client = await RawClient.connect(broker, authorized(broker, 'parts'), ...sessions, ...attaches);
  await client.hears('more than 5000 links');
  await client.isCutOff();
});

test('a thousand connections at once, each with its links, leave room for others', async () => {
  const before = await broker.health();
  const bytes = [authorized(broker, 'idle'), attachReceiver(1, 'idle'), attachSender(2, 'idle')];
  const clients = await Promise.all(Array.from({ length: 1_000 }, () => RawClient.connect(broker, ...bytes)));
  await Promise.all(clients.map((client) => client.hears('sender-2')));
  const health = await broker.health();
  expect(health.connections).toBe(before.connections + 1_000);
  expect(health.rssBytes - before.rssBytes).toBeLessThan(250 * MEGABYTE);
  await bystander.isServed();
  await Bystander.join(broker, 'parts');
  expect(clients.filter(({ ended }) => ended)).toEqual([]);
  for (const client of clients) client.hangUp();
  await eventually('they are gone', async () => (await broker.health()).connections === before.connections + 1);
});

test('a client that asked for heartbeats gets them', async () => {
  const impatient = amqpFrame(0, 0x10, ['impatient', null, null, null, uint(300)]);
  const client = await RawClient.connect(broker, AMQP_HEADER, impatient);
  await eventually(
    'two empty frames',
    () => client.answer.indexOf(EMPTY_FRAME, client.answer.indexOf(EMPTY_FRAME) + 8) > 0,
  );
  client.hangUp();
});

test('a frame that needs no answer is acknowledged at once all the same, so that nothing waits behind it', async () => {
  const client = await RawClient.connect(broker, authorized(broker, 'parts'), attachReceiver(1, 'parts'));
  await client.hears('receiver-1');
  client.say(grant(1, 0));
  await eventually('an empty frame', () => client.answer.subarray(-8).equals(EMPTY_FRAME));
  client.hangUp();
});
