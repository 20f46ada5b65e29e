import { readFileSync } from 'node:fs';
import { eventually } from '@cartage/stack/eventually';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import { fillDisk, freeDisk } from './support/full-disk';
import { Receiver } from './support/receiver';
import { journalOf, TestSandbox } from './support/sandbox';
import type { Shopper } from './support/shopper';

let sandbox: TestSandbox;
let shopper: Shopper;
let receiver: Receiver;
let complaints: string;

beforeAll(async () => {
  receiver = await Receiver.start();
  sandbox = await TestSandbox.start({ webhookRetrySeconds: 0 });
});
beforeEach(async () => {
  complaints = '';
  jest.spyOn(console, 'error').mockImplementation((...given: unknown[]) => void (complaints += `${given.join(' ')}\n`));
  receiver.reset();
  shopper = sandbox.shopper();
  await shopper.control('POST', '/reset');
});
afterEach(() => {
  freeDisk();
  jest.restoreAllMocks();
});
afterAll(async () => {
  await sandbox.stop();
  receiver.stop();
});

const complained = (about: string, times: number): Promise<true> =>
  eventually(`"${about}" is on stderr ${times} times`, () => complaints.split(about).length > times);
const healthy = async (): Promise<boolean> => (await fetch(`${sandbox.base}/health`)).ok;
const journal = (): string => readFileSync(journalOf(sandbox.dataDir), 'utf8');

async function registerFor(...webhookEvents: string[]): Promise<void> {
  const body = { webhookUrl: receiver.url, webhookEvents };
  expect((await shopper.call('POST', '/webhooks/v1/registration', { body })).status).toBe(200);
}

async function buy(): Promise<void> {
  const line = await shopper.line('DZH318Z0CSA1', '0001', { billingCycle: 'monthly', termDuration: 'P1M' });
  const cart = await shopper.createCart([line]);
  expect((await shopper.checkout(cart.id)).status).toBe(201);
}

const issuedSchema = z.object({ items: z.array(z.object({ id: z.string() })) });

test('invoices that fall due on a full disk are issued and announced once there is room, once', async () => {
  const now = new Date();
  const nextMonth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1));
  await registerFor('invoice-ready');
  await buy();
  // The move of the clock is the last write that fits.
  fillDisk(1);
  expect((await shopper.control('POST', '/clock', { now: nextMonth.toISOString() })).status).toBe(200);
  await complained('Invoices are due', 2);
  expect(complaints).toContain('ENOSPC');
  expect(await healthy()).toBe(true);
  expect(receiver.received).toEqual([]);
  freeDisk();
  await receiver.got(1);
  // With a token of the new month.
  shopper = sandbox.shopper();
  const issued = issuedSchema.parse((await shopper.call('GET', '/v1/invoices')).body).items.slice(3);
  expect(issued).toHaveLength(1);
  expect(receiver.received.map(({ body }) => body.includes(issued[0]?.id ?? 'none'))).toEqual([true]);
});

test('an event whose delivery cannot be written down is not sent again, neither now nor after a restart', async () => {
  await registerFor('subscription-updated');
  receiver.onEvent = fillDisk;
  await buy();
  await complained('could not be written', 2);
  expect(complaints).toContain('ENOSPC');
  expect(await healthy()).toBe(true);
  freeDisk();
  await eventually('the delivery is written', () => /\["deliveries","[^"]+"\]\]\n$/.test(journal()));
  await sandbox.close();
  sandbox = await TestSandbox.start({}, { dataDir: sandbox.dataDir });
  shopper = sandbox.shopper();
  await sendAnotherEvent();
  expect(receiver.received.map(({ body }) => body.includes('subscription-updated'))).toEqual([true, false]);
});

/** Gives the sandbox an event to send, before which any older one that is due would have been sent. */
async function sendAnotherEvent(): Promise<void> {
  receiver.onEvent = undefined;
  const body = { webhookUrl: receiver.url, webhookEvents: ['subscription-updated', 'test-created'] };
  await shopper.call('PUT', '/webhooks/v1/registration', { body });
  await shopper.call('POST', '/webhooks/v1/registration/validationEvents');
  await receiver.got(2);
}

test('a call on a full disk is refused, also one that meets a fault, and changes nothing', async () => {
  const refused = { status: 500, body: { code: 800003 } };
  await shopper.control('POST', '/faults', { kind: 'move-clock', route: 'listCustomers', seconds: 1000 });
  await buy();
  const before = journal();
  fillDisk();
  expect(await shopper.call('GET', '/v1/customers')).toMatchObject(refused);
  expect(await shopper.control('POST', '/clock', { advanceSeconds: 1000 })).toMatchObject(refused);
  expect(await shopper.control('POST', '/reset')).toMatchObject(refused);
  expect((await shopper.ledger()).count).toBe(1);
  expect(journal()).toBe(before);
  freeDisk();
  expect((await shopper.control('POST', '/reset')).status).toBe(200);
  expect((await shopper.ledger()).count).toBe(0);
  expect((await shopper.call('GET', '/v1/customers')).status).toBe(200);
});
