import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@cartage/stack/eventually';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { receiveOne } from '#test/support/receive-one';
import { TestBroker } from '#test/support/test-broker';

/** Megabytes. */
const COMPACT_ABOVE = 4;
const config = {
  queues: {
    plain: {},
    slow: {},
    moved: { deadLetteringOnMessageExpiration: true, defaultMessageTimeToLive: 'P1D' },
    window: { requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: 'PT10M' },
    turnover: {},
  },
};

let broker: TestBroker;
beforeAll(async () => {
  broker = await TestBroker.start({ config, compactAbove: COMPACT_ABOVE });
});
afterAll(async () => {
  await broker.dispose();
});

test('a client whose connections are cut goes on by itself', async () => {
  // The SDK does not reject a send that leaves just as its connection is cut: it waits for its time-out, a minute by default.
  const client = broker.client({ retryOptions: { timeoutInMs: 1_000, retryDelayInMs: 50 } });
  const sender = client.createSender('plain');
  await sender.sendMessages({ body: 1 });
  const bodies: unknown[] = [];
  const receiver = client.createReceiver('plain');
  receiver.subscribe({
    processMessage: async ({ body }) => void bodies.push(body),
    processError: async () => undefined,
  });
  await eventually('the first is received', () => bodies.length === 1);
  await broker.fault({ dropConnections: true });
  await sender.sendMessages({ body: 2 });
  await eventually('the second is received', () => bodies.length === 2);
  expect(bodies).toEqual([1, 2]);
});

test('acknowledgements can be delayed', async () => {
  const sender = broker.client().createSender('slow');
  await sender.sendMessages({ body: 1 });
  await broker.fault({ delayAcknowledgements: 100 });
  const began = Date.now();
  await sender.sendMessages({ body: 2 });
  expect(Date.now() - began).toBeGreaterThanOrEqual(95);
  await broker.fault({ delayAcknowledgements: 0 });
});

test('moving the clock lets schedules, locks, times to live and duplicate windows run out at once', async () => {
  const client = broker.client();
  const sender = client.createSender('moved');
  await sender.scheduleMessages({ body: 'scheduled' }, new Date(Date.now() + 3_600_000));
  await client.createSender('window').sendMessages({ body: 1, messageId: 'same' });
  await broker.fault({ moveClock: 3_600_000 });
  const receiver = client.createReceiver('moved', { maxAutoLockRenewalDurationInMs: 0 });
  const message = await receiveOne(receiver);
  expect(message.body).toBe('scheduled');
  await broker.fault({ moveClock: 120_000 });
  await expect(receiver.completeMessage(message)).rejects.toMatchObject({ code: 'MessageLockLost' });
  await broker.fault({ moveClock: 86_400_000 });
  await eventually('it expires', async () => (await broker.counts('moved')).deadLetter === 1);
  await client.createSender('window').sendMessages({ body: 2, messageId: 'same' });
  expect(await broker.counts('window')).toMatchObject({ active: 2 });
});

test('a fault that does not exist is refused, and so is any fault without --faults', async () => {
  await expect(broker.fault({ explode: true })).rejects.toThrow('explode');
  const calm = await TestBroker.start({ config, faults: false });
  await expect(calm.fault({ dropConnections: true })).rejects.toThrow('--faults');
  await calm.dispose();
});

test('the journal stays small while messages come and go, and holds what is left', async () => {
  const client = broker.client();
  const sender = client.createSender('turnover');
  await sender.sendMessages({ body: 'kept', messageId: 'kept' });
  await sender.scheduleMessages({ body: 'scheduled' }, new Date(Date.now() + 10 * 86_400_000));
  const receiver = client.createReceiver('turnover', { receiveMode: 'receiveAndDelete' });
  await client.createReceiver('turnover').receiveMessages(1, { maxWaitTimeInMs: 5_000 });
  const body = 'x'.repeat(900_000);
  for (let i = 0; i < 15; i++) {
    await sender.sendMessages({ body });
    await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
  }
  const [journal, ...others] = readdirSync(broker.data);
  expect(others).toEqual([]);
  expect(statSync(join(broker.data, journal ?? '')).size).toBeLessThan((COMPACT_ABOVE + 2) * 1024 * 1024);
  expect(existsSync(join(broker.data, 'journal-00000001.log'))).toBe(false);
  const before = await broker.counts('turnover');
  await broker.kill();
  await broker.run();
  expect(await broker.counts('turnover')).toEqual({ ...before, locked: 0 });
  expect(before).toMatchObject({ active: 1, scheduled: 1, totals: { sent: 16, scheduledSends: 1 } });
  const kept = await receiveOne(broker.client().createReceiver('turnover'));
  expect(kept).toMatchObject({ body: 'kept', messageId: 'kept', deliveryCount: 1 });
  await broker.client().createSender('window').sendMessages({ body: 3, messageId: 'same' });
  expect(await broker.counts('window')).toMatchObject({ active: 2, totals: { duplicatesDropped: 1 } });
});

test('a page of a web site cannot set faults', async () => {
  const url = `http://127.0.0.1:${broker.adminPort}/faults`;
  for (const origin of ['https://evil.example', 'null', `http://127.0.0.1:${broker.adminPort}`]) {
    const answer = await fetch(url, { method: 'POST', headers: { origin }, body: '{"diskFull":true}' });
    expect(answer.status).toBe(403);
  }
  await broker.client().createSender('plain').sendMessages({ body: 'the disk is not full' });
});
