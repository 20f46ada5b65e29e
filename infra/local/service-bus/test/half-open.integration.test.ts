import { connect } from 'node:net';
import type { ServiceBusClient } from '@azure/service-bus';
import { eventually } from '@cartage/stack/eventually';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AMQP_HEADER, EMPTY_FRAME, SASL_HEADER } from '#amqp/frames';
import { Bystander } from '#test/support/bystander';
import { RawClient, attachReceiver, authorized, grant, greeting } from '#test/support/raw-client';
import { receiveOne } from '#test/support/receive-one';
import { TestBroker } from '#test/support/test-broker';

const stages: [string, Buffer[]][] = [
  ['says nothing', []],
  ['says half a header', [AMQP_HEADER.subarray(0, 5)]],
  ['stops after the SASL header', [SASL_HEADER]],
  ['stops in the middle of open', [greeting().subarray(0, 60)]],
  ['stops after open', [greeting()]],
];

let broker: TestBroker;
let bystander: Bystander;
let sdk: ServiceBusClient;
/** Clients by the stage in which they fall silent, all at once: each test looks at what happens to some of them. */
let silent: Map<string, RawClient[]>;
let trickling: RawClient;
let living: RawClient;
let holding: RawClient;
const timers: NodeJS.Timeout[] = [];

beforeAll(async () => {
  broker = await TestBroker.start({ config: { queues: { standing: {}, held: {}, unread: {} } }, idleTimeOut: 0.6 });
  bystander = await Bystander.join(broker, 'standing');
  sdk = broker.client();
  await sdk.createSender('held').sendMessages({ body: 'held' });
  const sender = sdk.createSender('unread');
  for (let i = 0; i < 30; i++) await sender.sendMessages({ body: Buffer.alloc(900_000) });
  holding = await RawClient.connect(broker, authorized(broker, 'held'), attachReceiver(1, 'held'), grant(1, 1));
  await holding.hears('held');
  const unread = await RawClient.connect(broker);
  unread.socket.pause();
  unread.say(authorized(broker, 'unread'), attachReceiver(1, 'unread'), grant(1, 1_000, 0x7fffffff));
  living = await RawClient.connect(broker, greeting());
  trickling = await RawClient.connect(broker);
  const drops = greeting();
  let dropped = 0;
  timers.push(
    setInterval(() => unread.say(EMPTY_FRAME), 100),
    setInterval(() => living.say(EMPTY_FRAME), 100),
    setInterval(() => trickling.say(drops.subarray(dropped, ++dropped)), 30),
  );
  silent = new Map();
  for (const [stage, bytes] of stages)
    silent.set(stage, await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(broker, ...bytes))));
});
afterAll(async () => {
  for (const timer of timers) clearInterval(timer);
  await broker.dispose();
});

test.each(stages)('a client that %s is cut off', async (stage) => {
  await Promise.all((silent.get(stage) ?? []).map((client) => client.isCutOff()));
});

test('a client that only trickles never gets to open, and is cut off all the same', async () => {
  await trickling.isCutOff();
  expect(trickling.answer.length).toBeLessThan(AMQP_HEADER.length + 200);
});

test('a client that stops reading is cut off after the same time, whatever it still says', async () => {
  // The bystander, the SDK and the living client are left.
  await eventually('all others are cut off', async () => (await broker.health()).connections === 3);
});

test('a client that sends something now and then stays, and so does the SDK', async () => {
  expect(living.ended).toBe(false);
  await bystander.noticedNothing();
});

test('what a client that fell silent had locked comes back', async () => {
  await holding.isCutOff();
  await broker.fault({ loseLocks: true });
  expect(await receiveOne(sdk.createReceiver('held'))).toMatchObject({ body: 'held', deliveryCount: 1 });
});

test('a client that closed its half of the connection is answered, and the other half closed', async () => {
  const socket = connect({ port: broker.port, host: '127.0.0.1', allowHalfOpen: true });
  const closed = new Promise((fulfil) => socket.once('end', fulfil));
  let answer = Buffer.alloc(0);
  socket.on('data', (chunk) => (answer = Buffer.concat([answer, Buffer.from(chunk)])));
  socket.end(greeting());
  await closed;
  expect(answer.includes(AMQP_HEADER)).toBe(true);
  socket.destroy();
});
