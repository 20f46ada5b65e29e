import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Shopper } from './support/shopper';
import { newDataDir, removeDataDir, type Running, startProcess, until } from './support/sandbox';

let dataDir: string;
let sandbox: Running;
beforeEach(async () => {
  dataDir = newDataDir();
  sandbox = await startProcess(dataDir, ['--order-delay-seconds', '0']);
});
afterEach(async () => {
  await sandbox.end('SIGKILL');
  removeDataDir(dataDir);
});

async function buy(requestId: string): Promise<{ cartId: string; answer: unknown }> {
  const shopper = new Shopper(sandbox.base);
  const cart = await shopper.createCart([await shopper.line('DG7GMGF0D5P1', '0001')]);
  return { cartId: cart.id, answer: await shopper.checkout(cart.id, { 'MS-RequestId': requestId }) };
}

test('what was answered is still there after SIGKILL, once, and its repeat gets the same answer', async () => {
  const { cartId, answer } = await buy('one');
  expect(answer).toMatchObject({ status: 201 });
  await sandbox.end('SIGKILL');
  sandbox = await startProcess(dataDir);
  const after = new Shopper(sandbox.base);
  expect(await after.checkout(cartId, { 'MS-RequestId': 'one' })).toEqual(answer);
  expect((await after.ledger()).orders.map((order) => order.cartId)).toEqual([cartId]);
});

test('killed under load it has lost nothing it answered, and bought nothing twice', async () => {
  const answered: string[] = [];
  const shopOn = async (): Promise<void> => {
    for (;;) {
      const { cartId, answer } = await buy(crypto.randomUUID());
      expect(answer).toMatchObject({ status: 201 });
      answered.push(cartId);
    }
  };
  const shoppers = Array.from({ length: 6 }, () => expect(shopOn()).rejects.toThrow());
  await until(() => answered.length >= 60);
  await sandbox.end('SIGKILL');
  await Promise.all(shoppers);
  sandbox = await startProcess(dataDir);
  const ordered = (await new Shopper(sandbox.base).ledger()).orders.map((order) => order.cartId);
  expect(answered.filter((cartId) => !ordered.includes(cartId))).toEqual([]);
  expect(new Set(ordered).size).toBe(ordered.length);
});

test('tokens, the seed date and the moved clock survive a restart', async () => {
  const before = new Shopper(sandbox.base);
  const token = await before.token('app');
  await before.control('POST', '/clock', { advanceSeconds: 1000 });
  const invoices = await before.call('GET', '/v1/invoices');
  await sandbox.end('SIGKILL');
  sandbox = await startProcess(dataDir);
  const response = await fetch(`${sandbox.base}/v1/invoices`, { headers: { Authorization: `Bearer ${token}` } });
  expect(await response.json()).toEqual(invoices.body);
  const clock = await new Shopper(sandbox.base).control('GET', '/clock');
  expect(Date.parse(`${Object.values(clock.body ?? {})[0]}`) - Date.now()).toBeGreaterThan(990_000);
});

test('a line of the journal torn by a crash is dropped whole, and what follows is kept', async () => {
  const { cartId } = await buy('one');
  await sandbox.end('SIGKILL');
  const journal = join(dataDir, 'journal.ndjson');
  appendFileSync(journal, '[["orders","torn",{"id":"to');
  sandbox = await startProcess(dataDir);
  const second = await buy('two');
  await sandbox.end('SIGKILL');
  expect(readFileSync(journal, 'utf8')).not.toContain('"torn"');
  sandbox = await startProcess(dataDir);
  const { orders } = await new Shopper(sandbox.base).ledger();
  expect(orders.map((order) => order.cartId)).toEqual([cartId, second.cartId]);
});

test('a journal of many rewrites is compacted at the next start, without losing anything', async () => {
  const shopper = new Shopper(sandbox.base);
  const { cartId } = await buy('one');
  for (let move = 0; move < 1100; move += 1) await shopper.control('POST', '/clock', { advanceSeconds: 1 });
  await sandbox.end('SIGKILL');
  const journal = join(dataDir, 'journal.ndjson');
  const before = readFileSync(journal, 'utf8').length;
  sandbox = await startProcess(dataDir);
  expect(readFileSync(journal, 'utf8').length).toBeLessThan(before / 2);
  await sandbox.end('SIGKILL');
  sandbox = await startProcess(dataDir);
  expect((await new Shopper(sandbox.base).ledger()).orders.map((order) => order.cartId)).toEqual([cartId]);
});

test('what no longer fits on the disk is refused, and nothing of it remains', async () => {
  await sandbox.end();
  const journal = join(dataDir, 'journal.ndjson');
  // A limit of the file's size, in blocks of 512 or 1024 bytes, is met as a full disk is: by a write that is cut short.
  const blocks = Math.ceil(statSync(journal).size / 512) + 2;
  const limited = ['-c', `ulimit -f ${blocks} && exec "$0" "$@"`, process.execPath];
  sandbox = await startProcess(dataDir, [], {
    execPath: '/bin/sh',
    execArgv: limited,
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  const move = () => new Shopper(sandbox.base).control('POST', '/clock', { advanceSeconds: 1000 });
  let moved = 0;
  let last = await move();
  for (; last.status === 200; last = await move()) moved += 1;
  expect(last).toMatchObject({ status: 500, body: { code: 800003 } });
  expect(moved).toBeGreaterThan(0);
  expect(await clockOffset()).toBe(moved * 1000);
  await sandbox.end('SIGKILL');
  expect(readFileSync(journal, 'utf8')).toMatch(/\n$/);
  sandbox = await startProcess(dataDir);
  expect(await clockOffset()).toBe(moved * 1000);
});

/** How far the sandbox's clock is ahead, in seconds, to the nearest hundred. */
async function clockOffset(): Promise<number> {
  const { body } = await new Shopper(sandbox.base).control('GET', '/clock');
  return Math.round((Date.parse(`${Object.values(body ?? {})[0]}`) - Date.now()) / 100_000) * 100;
}

test('it ends cleanly on SIGTERM, and when its parent lets go of it', async () => {
  expect(await sandbox.end('SIGTERM')).toBe(0);
  sandbox = await startProcess(dataDir);
  const gone = once(sandbox.process, 'exit');
  sandbox.process.disconnect();
  expect(await gone).toEqual([0, null]);
});
