import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { eventually } from '@cartage/stack/eventually';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  journalOf,
  newDataDir,
  removeDataDir,
  type SandboxProcess,
  startProcess,
  TestSandbox,
} from './support/sandbox';
import type { Shopper } from './support/shopper';

let dataDir: string;
let program: SandboxProcess | undefined;
let sandbox: TestSandbox | undefined;
beforeEach(() => {
  dataDir = newDataDir();
});
afterEach(async () => {
  await program?.end('SIGKILL');
  await sandbox?.close();
  program = undefined;
  sandbox = undefined;
  removeDataDir(dataDir);
});

/** The next sandbox on the same data, in this process. */
async function restart(): Promise<Shopper> {
  await sandbox?.close();
  sandbox = await TestSandbox.start({}, { dataDir });
  return sandbox.shopper();
}

async function buy(shopper: Shopper, requestId: string): Promise<{ cartId: string; answer: unknown }> {
  const cart = await shopper.createCart([await shopper.line('DG7GMGF0D5P1', '0001')]);
  return { cartId: cart.id, answer: await shopper.checkout(cart.id, { 'MS-RequestId': requestId }) };
}

const ordered = async (shopper: Shopper): Promise<string[]> =>
  (await shopper.ledger()).orders.map((order) => order.cartId);

const clockSchema = z.object({ now: z.string() });
/** How far the sandbox's clock is ahead, in seconds, to the nearest hundred. */
async function clockOffset(shopper: Shopper): Promise<number> {
  const { now } = clockSchema.parse((await shopper.control('GET', '/clock')).body);
  return Math.round((Date.parse(now) - Date.now()) / 100_000) * 100;
}

test('what was answered is still there after SIGKILL, once, and its repeat gets the same answer', async () => {
  program = await startProcess(dataDir);
  const { cartId, answer } = await buy(program.shopper(), 'one');
  expect(answer).toMatchObject({ status: 201 });
  await program.end('SIGKILL');
  const after = await restart();
  expect(await after.checkout(cartId, { 'MS-RequestId': 'one' })).toEqual(answer);
  expect(await ordered(after)).toEqual([cartId]);
});

test('killed under load it has lost nothing it answered, and bought nothing twice', async () => {
  const running = (program = await startProcess(dataDir));
  const answered: string[] = [];
  const shopOn = async (): Promise<void> => {
    const shopper = running.shopper();
    for (;;) {
      const { cartId, answer } = await buy(shopper, crypto.randomUUID());
      expect(answer).toMatchObject({ status: 201 });
      answered.push(cartId);
    }
  };
  const shoppers = Array.from({ length: 6 }, () => expect(shopOn()).rejects.toThrow());
  await eventually('sixty checkouts are answered', () => answered.length >= 60);
  await running.end('SIGKILL');
  await Promise.all(shoppers);
  const carts = await ordered(await restart());
  expect(answered.filter((cartId) => !carts.includes(cartId))).toEqual([]);
  expect(new Set(carts).size).toBe(carts.length);
});

test('tokens, the seed date and the moved clock survive a restart', async () => {
  const before = await restart();
  const headers = { Authorization: `Bearer ${await before.token('app')}` };
  await before.advance(1000);
  const invoices = await before.call('GET', '/v1/invoices');
  const after = await restart();
  expect((await after.call('GET', '/v1/invoices', { headers })).body).toEqual(invoices.body);
  expect(await clockOffset(after)).toBe(1000);
});

test('orders before and after a torn line of the journal are kept', async () => {
  const first = await buy(await restart(), 'one');
  appendFileSync(journalOf(dataDir), '[["orders","torn",{"id":"to');
  const second = await buy(await restart(), 'two');
  expect(readFileSync(journalOf(dataDir), 'utf8')).not.toContain('"torn"');
  expect(await ordered(await restart())).toEqual([first.cartId, second.cartId]);
});

test('what no longer fits on the disk is refused, and nothing of it remains', async () => {
  await restart();
  await sandbox?.close();
  sandbox = undefined;
  const journal = journalOf(dataDir);
  // A limit of the file's size, in blocks of 512 or 1024 bytes, acts like a full disk: a write is cut short.
  const blocks = Math.ceil(statSync(journal).size / 512) + 2;
  program = await startProcess(dataDir, {
    execPath: '/bin/sh',
    execArgv: ['-c', `ulimit -f ${blocks} && exec "$0" "$@"`, process.execPath],
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  const limited = program.shopper();
  const move = () => limited.control('POST', '/clock', { advanceSeconds: 1000 });
  let moved = 0;
  let last = await move();
  for (; last.status === 200; last = await move()) moved += 1;
  expect(last).toMatchObject({ status: 500, body: { code: 800003 } });
  expect(moved).toBeGreaterThan(0);
  expect(await clockOffset(limited)).toBe(moved * 1000);
  await program.end('SIGKILL');
  expect(readFileSync(journal, 'utf8')).toMatch(/\n$/);
  expect(await clockOffset(await restart())).toBe(moved * 1000);
});
