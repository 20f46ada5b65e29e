import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { eventually } from '@cartage/stack/eventually';
import { startApp, type TestApp } from '#test/support/start-app';
import { startBroker, type TestBroker } from '#test/support/start-broker';

let broker: TestBroker;
let app: TestApp;

const settings = ({ connection }: TestBroker, slowQueue = 'short-locks') => ({
  Bus: connection,
  TextQueue: 'texts',
  SlowQueue: slowQueue,
});

beforeAll(async () => {
  broker = await startBroker();
  app = await startApp('bus-app.js', settings(broker));
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await broker[Symbol.asyncDispose]();
});

const report = z.looseObject({
  message: z.unknown().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
});

/** What a function of the app wrote to the log, in order. */
const reports = (name: string, { lines } = app): z.infer<typeof report>[] =>
  lines
    .map((line) => line.split(`Function.${name}.User: `)[1])
    .filter((text) => text !== undefined)
    .map((text) => report.parse(JSON.parse(text)));

/** Waits for the first report after those there are, and returns it. */
async function nextReport(name: string, act: () => Promise<void>): Promise<z.infer<typeof report>> {
  const before = reports(name).length;
  await act();
  await eventually(`${name} is called`, () => reports(name).length > before);
  const found = reports(name)[before];
  if (found === undefined) throw new Error('no report');
  return found;
}

const json = (value: unknown) => ({ body: Buffer.from(JSON.stringify(value)) });

test('a JSON body arrives parsed, with the names and shapes of metadata that Azure gives', async () => {
  const { message, metadata } = await nextReport('text', () =>
    broker.send('texts', {
      ...json({ order: { Lines: [1] } }),
      messageId: 'm-1',
      correlationId: 'c-1',
      subject: 'order',
      contentType: 'application/json',
      applicationProperties: { Kind: 'a', attempt: 2 },
    }),
  );
  expect(message).toEqual({ order: { Lines: [1] } });
  expect(metadata).toEqual({
    deliveryCount: 1,
    lockToken: expect.stringMatching(/^[0-9a-f-]{36}$/),
    expiresAtUtc: expect.stringMatching(/^\d{4}-.*Z$/),
    expiresAt: expect.stringMatching(/^\d{4}-.*\+00:00$/),
    enqueuedTimeUtc: expect.stringMatching(/Z$/),
    enqueuedTime: expect.stringMatching(/\+00:00$/),
    messageId: 'm-1',
    contentType: 'application/json',
    sequenceNumber: expect.any(Number),
    subject: 'order',
    label: 'order',
    correlationId: 'c-1',
    applicationProperties: { kind: 'a', attempt: 2 },
    userProperties: { kind: 'a', attempt: 2 },
    order: { lines: [1] },
  });
});

test.each([
  ['a number', '12345', 12345],
  ['text that is not JSON', 'plain text', 'plain text'],
  ['a boolean in quotes', '"true"', 'true'],
])('%s in the body arrives as JSON.parse reads it, or as text', async (_, body, expected) => {
  const { message } = await nextReport('text', () => broker.send('texts', { body: Buffer.from(body) }));
  expect(message).toEqual(expected);
});

test('members of a JSON body shadow the metadata of the same name', async () => {
  const { metadata } = await nextReport('text', () =>
    broker.send('texts', {
      ...json({ DELIVERYCOUNT: 99, messageId: '123', flag: true, list: [1], gone: null }),
      messageId: 'real',
    }),
  );
  expect(metadata).toMatchObject({ deliveryCount: 99, messageId: 123, flag: 'True' });
  expect(Object.keys(metadata ?? {})).not.toEqual(expect.arrayContaining(['list']));
  expect(Object.keys(metadata ?? {})).not.toEqual(expect.arrayContaining(['gone']));
});

test('a binary function gets the bytes, and no member of the body shadows the metadata', async () => {
  const { message, isBuffer, metadata } = await nextReport('binary', () =>
    broker.send('bytes', { ...json({ messageId: 'of the body' }), messageId: 'real' }),
  );
  expect(isBuffer).toBe(true);
  expect(message).toEqual(Buffer.from('{"messageId":"of the body"}').toJSON());
  expect(metadata).toMatchObject({ messageId: 'real' });
});

test('a function can listen to a subscription of a topic', async () => {
  const { message } = await nextReport('subscriber', () => broker.send('news', json({ what: 'event' })));
  expect(message).toEqual({ what: 'event' });
});

test('a batch function gets all messages at once, with arrays of metadata', async () => {
  const { message, metadata } = await nextReport('batch', () =>
    broker.send('batches', { ...json({ n: 1 }), messageId: 'b-1' }, { ...json({ n: 2 }), messageId: 'b-2' }),
  );
  expect(message).toEqual([{ n: 1 }, { n: 2 }]);
  expect(metadata).toMatchObject({ messageIdArray: ['b-1', 'b-2'], deliveryCountArray: [1, 1] });
});

test('a message whose function throws is delivered again, and at last dead-lettered, where another function receives it', async () => {
  const { message, metadata } = await nextReport('dead', () => broker.send('failing', json('poison')));
  expect(message).toBe('poison');
  expect(metadata?.['applicationProperties']).toMatchObject({ deadLetterReason: 'MaxDeliveryCountExceeded' });
  expect(reports('fails').map(({ deliveryCount }) => deliveryCount)).toEqual([1, 2, 3]);
});

test('bytes that are not UTF-8 fail a text function instead of reaching it corrupted', async () => {
  const before = reports('text').length;
  await broker.send('texts', { body: Buffer.from([0xff, 0xfe]) });
  await eventually('it is dead-lettered', async () => (await broker.counts())['texts']?.['deadLetter'] === 1);
  expect(reports('text')).toHaveLength(before);
  expect(app.lines.join('\n')).toContain("Exception binding parameter 'serviceBusTrigger");
});

test('completions and abandonments made at the same moment are never mistaken for each other', async () => {
  const numbers = Array.from({ length: 200 }, (_, index) => json(index));
  await broker.send('mixed', ...numbers);
  await eventually('every message is settled', async () => (await broker.counts())['mixed']?.['active'] === 0);
  expect((await broker.counts())['mixed']).toMatchObject({ deadLetter: 100 });
});

// The rest mostly waits, each with a host or a queue of its own, while the tests above run.

test.concurrent('a lock is renewed for as long as its function runs', async () => {
  await broker.send('short-locks', json(5500));
  await eventually('the function ends', () => reports('slow').some(({ ended }) => ended === 5500));
  await eventually('the message is completed', async () => (await broker.counts())['short-locks']?.['active'] === 0);
  expect(reports('slow')).toEqual([expect.objectContaining({ message: 5500, deliveryCount: 1 }), { ended: 5500 }]);
});

test.concurrent('no more calls run at once than maxConcurrentCalls allows', async () => {
  await using other = await startApp('slow-app.js', {
    ...settings(broker, 'limited'),
    AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls: '2',
  });
  await broker.send('limited', ...[101, 102, 103, 104, 105].map(json));
  await eventually(
    'all have run',
    () => reports('slow', other).filter(({ ended }) => ended !== undefined).length === 5,
  );
  expect(Math.max(...reports('slow', other).map(({ running }) => Number(running ?? 0)))).toBe(2);
});

test.concurrent('a function over its time limit gives its message back before the host ends with 1', async () => {
  await using other = await startApp('slow-app.js', {
    ...settings(broker, 'timed-out'),
    AzureFunctionsJobHost__functionTimeout: '00:00:00.200',
  });
  await broker.send('timed-out', json(60_000));
  expect(await other.child.exited).toBe('exit code 1');
  expect((await broker.counts())['timed-out']).toMatchObject({ active: 0, deadLetter: 1 });
});

test.concurrent('SIGTERM lets a message under way be completed and takes no other', async () => {
  await using other = await startApp('slow-app.js', settings(broker, 'stopping'));
  await broker.send('stopping', json(301));
  await eventually('it runs', () => reports('slow', other).some(({ message }) => message === 301));
  await other.child.stop();
  expect(await other.child.exited).toBe('exit code 0');
  expect(reports('slow', other)).toContainEqual(expect.objectContaining({ ended: 301 }));
  expect((await broker.counts())['stopping']).toMatchObject({ active: 0, deadLetter: 0 });
});

test.concurrent(
  'a broker that was killed needs no restart of the host: messages flow within seconds of its return',
  async () => {
    await using mortal = await startBroker();
    await using other = await startApp('text-app.js', settings(mortal));
    const hasArrived = (word: string): boolean => reports('text', other).some(({ message }) => message === word);
    await mortal.send('texts', json('before'));
    await eventually('the first arrives', () => hasArrived('before'));
    const crashed = await mortal.crash();
    await eventually('the loss is noticed', () =>
      other.lines.some((line) => line.includes('Host.Triggers.ServiceBus')),
    );
    await crashed.restart();
    await mortal.send('texts', json('after'));
    await eventually('the second arrives', () => hasArrived('after'), 5000);
  },
);

test.concurrent(
  'a connection that gets no answer is replaced, so that messages flow within seconds of the return of the broker',
  async () => {
    await using mortal = await startBroker();
    await using other = await startApp('text-app.js', settings(mortal));
    const crashed = await mortal.crash();
    const unanswered: Socket[] = [];
    const silent = createServer((socket) => unanswered.push(socket)).listen(mortal.port, '127.0.0.1');
    await eventually('the host connects', () => unanswered.length > 0);
    silent.close(); // the port is free again, the connection stays open
    await crashed.restart();
    await mortal.send('texts', json('after'));
    await eventually('it arrives', () => reports('text', other).some(({ message }) => message === 'after'), 8000);
    for (const socket of unanswered) socket.destroy();
  },
);
