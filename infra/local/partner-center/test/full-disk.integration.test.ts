import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Shopper } from './support/shopper';
import { newDataDir, removeDataDir, type Running, startProcess, until } from './support/sandbox';

let dataDir: string;
let sign: string;
let sandbox: Running;
let shopper: Shopper;
let complaints: string;
let receiver: Server;
let received: string[];
/** What the receiver does before it answers. */
let onEvent: () => void;

beforeEach(async () => {
  dataDir = newDataDir();
  sign = join(dataDir, 'full');
  complaints = '';
  await start();
  received = [];
  onEvent = () => undefined;
  receiver = createServer((request, response) => void receive(request).finally(() => response.end()));
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
});
afterEach(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await sandbox.end('SIGKILL');
  removeDataDir(dataDir);
});

async function receive(request: IncomingMessage): Promise<void> {
  received.push(await text(request));
  onEvent();
}

/** A sandbox whose disk is full while the file `sign` exists. */
async function start(): Promise<void> {
  sandbox = await startProcess(dataDir, ['--order-delay-seconds', '0', '--webhook-retry-seconds', '0'], {
    execArgv: ['--require', resolve(__dirname, 'full-disk.js')],
    env: { ...process.env, DISK_FULL: sign },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  sandbox.process.stderr?.on('data', (piece: Buffer) => (complaints += piece.toString()));
  shopper = new Shopper(sandbox.base);
}

const fill = (): void => writeFileSync(sign, '');
const free = (): void => rmSync(sign);
const complained = (about: string, times: number) => until(() => complaints.split(about).length > times);
const healthy = async (): Promise<boolean> => (await fetch(`${sandbox.base}/health`)).ok;
const journal = (): string => readFileSync(join(dataDir, 'journal.ndjson'), 'utf8');

async function registerFor(...webhookEvents: string[]): Promise<void> {
  const address = receiver.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const body = { webhookUrl: `http://127.0.0.1:${address.port}/`, webhookEvents };
  expect((await shopper.call('POST', '/webhooks/v1/registration', { body })).status).toBe(200);
}

async function buy(): Promise<void> {
  const line = await shopper.line('DZH318Z0CSA1', '0001', { billingCycle: 'monthly', termDuration: 'P1M' });
  const cart = await shopper.createCart([line]);
  expect((await shopper.checkout(cart.id)).status).toBe(201);
}

test('invoices that fall due on a full disk are issued and announced once there is room, once', async () => {
  const now = new Date();
  const nextMonth = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1);
  await registerFor('invoice-ready');
  await buy();
  await shopper.control('POST', '/clock', { now: new Date(nextMonth - 1500).toISOString() });
  fill();
  await complained('Invoices are due', 2);
  expect(complaints).toContain('ENOSPC');
  expect(await healthy()).toBe(true);
  expect(received).toEqual([]);
  free();
  await until(() => received.length > 0);
  // With a token of the new month.
  shopper = new Shopper(sandbox.base);
  const { body } = await shopper.call('GET', '/v1/invoices');
  const issued = z
    .object({ items: z.array(z.object({ id: z.string() })) })
    .parse(body)
    .items.slice(3);
  expect(issued).toHaveLength(1);
  expect(received.map((event) => event.includes(issued[0]?.id ?? 'none'))).toEqual([true]);
});

test('an event whose delivery cannot be written down is not sent again, neither now nor after a restart', async () => {
  await registerFor('subscription-updated');
  onEvent = fill;
  await buy();
  await complained('could not be written', 2);
  expect(complaints).toContain('ENOSPC');
  expect(await healthy()).toBe(true);
  free();
  await until(() => /\["deliveries","[^"]+"\]\]\n$/.test(journal()));
  await sandbox.end('SIGKILL');
  await start();
  await registerAgain();
  expect(received).toHaveLength(1);
});

/** Gives the sandbox an event to send, after which an older one that is due would have been sent too. */
async function registerAgain(): Promise<void> {
  onEvent = () => undefined;
  const events = { webhookEvents: ['subscription-updated', 'test-created'] };
  const { body } = await shopper.call('GET', '/webhooks/v1/registration');
  await shopper.call('PUT', '/webhooks/v1/registration', { body: { ...z.looseObject({}).parse(body), ...events } });
  const before = received.length;
  await shopper.call('POST', '/webhooks/v1/registration/validationEvents');
  await until(() => received.length > before);
  received.pop();
}

test('a call on a full disk is refused, also one that meets a fault, and changes nothing', async () => {
  const refused = { status: 500, body: { code: 800003 } };
  await shopper.control('POST', '/faults', { kind: 'move-clock', route: 'listCustomers', seconds: 1000 });
  await buy();
  const before = journal();
  fill();
  expect(await shopper.call('GET', '/v1/customers')).toMatchObject(refused);
  expect(await shopper.control('POST', '/clock', { advanceSeconds: 1000 })).toMatchObject(refused);
  expect(await shopper.control('POST', '/reset')).toMatchObject(refused);
  expect((await shopper.ledger()).count).toBe(1);
  expect(journal()).toBe(before);
  free();
  expect((await shopper.control('POST', '/reset')).status).toBe(200);
  expect((await shopper.ledger()).count).toBe(0);
  expect((await shopper.call('GET', '/v1/customers')).status).toBe(200);
  expect(existsSync(sign)).toBe(false);
});
