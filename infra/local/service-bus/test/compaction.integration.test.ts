import { cpSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dyingAt } from '#test/support/dying-at';
import { receiveOne } from '#test/support/receive-one';
import { type RunOptions, TestBroker } from '#test/support/test-broker';

const config = {
  queues: {
    work: { requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: 'P1D' },
    later: {},
    sessions: { requiresSession: true },
    churn: {},
  },
  topics: { events: { subscriptions: { all: {} } } },
};
const OLD = 'journal-00000001.log';
const NEW = 'journal-00000002.log';
const TEMPORARY = `${NEW}.tmp`;
const ENTITIES = ['work', 'later', 'sessions', 'churn', 'events', 'events/Subscriptions/all'];

let broker: TestBroker;
let saved: string;
/** What must be there after every death. */
let wanted: { state: unknown; counts: unknown };

beforeAll(async () => {
  broker = await TestBroker.start({ config });
  await fill();
  await broker.kill();
  saved = join(broker.folder, 'saved');
  cpSync(broker.data, saved, { recursive: true });
  await broker.run();
  wanted = { counts: await counts(), state: await state() };
});
afterAll(async () => {
  await broker.dispose();
});

/** Messages in every state, ids to remember, a session's state, and a journal of 6 MB that is mostly dead. */
async function fill(): Promise<void> {
  const client = broker.client();
  const work = client.createSender('work');
  for (let i = 0; i < 40; i++) await work.sendMessages({ body: 'x'.repeat(40_000), messageId: `kept-${i}` });
  const receiver = client.createReceiver('work');
  await receiver.completeMessage(await receiveOne(receiver));
  await receiver.deadLetterMessage(await receiveOne(receiver), {
    deadLetterReason: 'Bad',
    deadLetterErrorDescription: 'x',
  });
  await receiver.abandonMessage(await receiveOne(receiver), { tried: true });
  await receiveOne(receiver);
  await client.createSender('later').scheduleMessages({ body: 'scheduled' }, new Date(Date.now() + 86_400_000));
  await client.createSender('later').sendMessages({ body: 'deferred' });
  const later = client.createReceiver('later');
  await later.deferMessage(await receiveOne(later));
  await client.createSender('events').sendMessages({ body: 'event' });
  const session = await client.acceptSession('sessions', 's');
  await session.setSessionState({ step: 3 });
  const churn = client.createReceiver('churn', { receiveMode: 'receiveAndDelete' });
  for (let i = 0; i < 6; i++) {
    await client.createSender('churn').sendMessages({ body: 'x'.repeat(700_000) });
    await receiveOne(churn);
  }
}

async function counts(): Promise<unknown[]> {
  return Promise.all(ENTITIES.map((path) => broker.counts(path)));
}

/** All that clients can see, without changing it. */
async function state(): Promise<unknown[]> {
  const client = broker.client();
  const receivers = [
    client.createReceiver('work'),
    client.createReceiver('work', { subQueueType: 'deadLetter' }),
    client.createReceiver('later'),
    client.createReceiver('events', 'all'),
  ];
  const peeked = await Promise.all(receivers.map((receiver) => receiver.peekMessages(50)));
  const messages = peeked
    .flat()
    .map(({ body, messageId, sequenceNumber, state: stage, deliveryCount, applicationProperties }) => [
      String(body).slice(-10),
      messageId,
      sequenceNumber?.toString(),
      stage,
      deliveryCount,
      applicationProperties,
    ]);
  const session = await client.acceptSession('sessions', 's');
  return [...messages, await session.getSessionState()];
}

/** The journal's files, and whether the new one is finished. */
function files(): string[] {
  const names = readdirSync(broker.data).filter((name) => name.startsWith('journal-'));
  return names.map((name) => {
    const { size } = statSync(join(broker.data, name));
    if (name !== TEMPORARY) return name;
    return `${name} ${size === 0 ? 'empty' : size > 1_500_000 ? 'whole' : 'part'}`;
  });
}

test.each<[string, number, RunOptions, string[]]>([
  ['before the new file is there', 1, {}, [OLD]],
  ['before anything is in it', 2, {}, [OLD, `${TEMPORARY} empty`]],
  ['in the middle of its first write', 3, {}, [OLD, `${TEMPORARY} part`]],
  ['between its writes', 4, {}, [OLD, `${TEMPORARY} part`]],
  ['in the middle of its last write', 5, {}, [OLD, `${TEMPORARY} part`]],
  ['before the new file is safe on the disk', 6, {}, [OLD, `${TEMPORARY} whole`]],
  ['before the new file gets its name', 7, {}, [OLD, `${TEMPORARY} whole`]],
  ['before the old file is closed', 8, {}, [OLD, NEW]],
  ['before the old file is removed', 9, {}, [OLD, NEW]],
  ['before the folder is opened to be made safe', 9, { sync: true }, [OLD, NEW]],
  ['before the folder is safe on the disk', 10, { sync: true }, [OLD, NEW]],
  ['before the old file is removed, with --sync', 12, { sync: true }, [OLD, NEW]],
])('a broker that dies in a compaction, %s, loses nothing', async (_, moment, options, left) => {
  await broker.kill();
  rmSync(broker.data, { recursive: true });
  cpSync(saved, broker.data, { recursive: true });
  const dying = broker.run({ ...options, compactAbove: 2, process: dyingAt(moment) });
  await expect(dying).rejects.toThrow('before it was ready');
  expect(files()).toEqual(left);
  await broker.run();
  expect(await counts()).toEqual(wanted.counts);
  expect(await state()).toEqual(wanted.state);
  await broker.client().createSender('work').sendMessages({ body: 'again', messageId: 'kept-0' });
  expect(await broker.counts('work')).toMatchObject({ totals: { sent: 40, duplicatesDropped: 1 } });
  expect(files()).toHaveLength(1);
});

test('a broker that lives through a compaction keeps the same', async () => {
  await broker.kill();
  rmSync(broker.data, { recursive: true });
  cpSync(saved, broker.data, { recursive: true });
  await broker.run({ compactAbove: 2 });
  expect(files()).toEqual([NEW]);
  expect(await counts()).toEqual(wanted.counts);
  expect(await state()).toEqual(wanted.state);
  await broker.kill();
  await broker.run();
  expect(await state()).toEqual(wanted.state);
});
