import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AMQP_HEADER, EMPTY_FRAME, SASL_HEADER } from '#local/service-bus/amqp/frames';
import { BrokerProcess } from './broker-process';
import { Bystander } from './bystander';
import { RawClient, attachReceiver, authorized, grant, greeting } from './raw-client';
import { receiveOne } from './receive-one';
import { until } from './until';

let broker: BrokerProcess;
let bystander: Bystander;
beforeAll(async () => {
  const args = ['--idle-time-out', '1'];
  broker = await BrokerProcess.start({ config: { queues: { standing: {}, plain: {}, unread: {} } }, args });
  bystander = new Bystander(broker, 'standing');
  await bystander.isServed();
});
afterAll(async () => {
  await broker.dispose();
});

test.each([
  ['says nothing', []],
  ['says half a header', [AMQP_HEADER.subarray(0, 5)]],
  ['stops after the SASL header', [SASL_HEADER]],
  ['stops before open', [greeting().subarray(0, 60)]],
  ['stops after open', [greeting()]],
])('a client that %s is cut off, and nobody else', async (_, bytes) => {
  const { connections } = await broker.health();
  const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.connect(broker, ...bytes)));
  await Promise.all(clients.map((client) => client.isCutOff()));
  await until(async () => (await broker.health()).connections === connections);
  await bystander.isServed();
  expect(bystander.troubles).toEqual([]);
});

test('a client that only trickles never gets to open, and is cut off all the same', async () => {
  const client = await RawClient.connect(broker);
  const bytes = greeting();
  let at = 0;
  const trickle = setInterval(() => client.say(bytes.subarray(at, ++at)), 50);
  await client.isCutOff();
  clearInterval(trickle);
  expect(at).toBeLessThan(bytes.length);
});

test('a client that shows a sign of life now and then outlives one that does not, and so does the SDK', async () => {
  const living = await RawClient.connect(broker, greeting());
  const heart = setInterval(() => living.say(EMPTY_FRAME), 500);
  const { connections } = await broker.health();
  for (let silent = 0; silent < 2; silent++) await (await RawClient.connect(broker, greeting())).isCutOff();
  clearInterval(heart);
  expect(living.ended).toBe(false);
  expect((await broker.health()).connections).toBe(connections);
  expect(bystander.troubles).toEqual([]);
  living.hangUp();
});

test('what a client that fell silent had locked comes back', async () => {
  const sdk = broker.client();
  await sdk.createSender('plain').sendMessages({ body: 'held' });
  const client = await RawClient.connect(broker, authorized(broker, 'plain'), attachReceiver(1, 'plain'), grant(1, 1));
  await client.hears('held');
  await client.isCutOff();
  await broker.fault({ loseLocks: true });
  expect(await receiveOne(sdk.createReceiver('plain'))).toMatchObject({ body: 'held', deliveryCount: 1 });
});

test('a client that stops reading is cut off after the same time, with all that waited for it', async () => {
  const sender = broker.client().createSender('unread');
  for (let i = 0; i < 30; i++) await sender.sendMessages({ body: Buffer.alloc(900_000) });
  const { connections } = await broker.health();
  const client = await RawClient.connect(broker);
  client.socket.pause();
  client.say(authorized(broker, 'unread'), attachReceiver(1, 'unread'), grant(1, 1_000, 0x7fffffff));
  const heart = setInterval(() => client.say(EMPTY_FRAME), 300);
  await until(async () => (await broker.health()).connections === connections + 1);
  await until(async () => (await broker.health()).connections === connections);
  clearInterval(heart);
  client.hangUp();
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
