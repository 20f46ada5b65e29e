import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exampleFile } from '#examples';
import { startStack, type Stack } from '#stack';
import { runScript } from '#test/support/run-script';

/** `npm run buy` from the whole of Cartage. */

const dataDir = mkdtempSync(join(tmpdir(), 'cartage-buy-'));
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ dataDir, ports: 'free', log: () => undefined });
});
afterAll(async () => {
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function buy(...args: string[]) {
  const { exit, stdout, stderr } = runScript('buy', [...args, '--url', stack.functionsUrl]);
  return { exit: await exit, stdout: stdout(), stderr: stderr() };
}

test('a purchase is accepted, and followed to its end', async () => {
  const accepted = await buy(exampleFile('purchase.json'), '--no-wait');
  expect(accepted).toMatchObject({ exit: [0, null], stderr: '' });
  const next = /^202 Accepted: purchase (\S+)\n\nFollow it: {2}npm run buy -- --follow (\S+) --url \S+\n$/;
  const [, purchaseId, toFollow = ''] = next.exec(accepted.stdout) ?? [];
  expect(toFollow).toBe(purchaseId);

  const followed = await buy('--follow', toFollow);
  expect(followed).toMatchObject({ exit: [0, null], stderr: '' });
  const stages = [...followed.stdout.matchAll(/^(\w+) .* ms {2}/gm)].map(([, stage]) => stage);
  expect([...new Set(stages)]).toEqual(['accept', 'discovery', 'cart', 'checkout', 'tracking']);
  expect(followed.stdout).toMatch(/\ncompleted after \d+\.\d s\n {2}order \S+, completed\n {2}order \S+, completed\n$/);
});

test('what is not bought ends with the reason, and with exit code 1', async () => {
  const file = join(dataDir, 'request.json');
  writeFileSync(file, JSON.stringify({ schemaVersion: 1, customerId: 'nobody', lines: [] }));
  const invalid = await buy(file);
  expect(invalid).toMatchObject({ exit: [1, null], stdout: '' });
  expect(invalid.stderr).toMatch(/^422 The purchase request is not valid\.\nNothing was bought\..*\n {2}customerId: /);

  const line = { productId: 'DZH318Z0CSA1', skuId: '9999', quantity: 1, termDuration: 'P1M', billingCycle: 'monthly' };
  const customerId = 'b3f4a2de-0c35-4ae5-9d1e-2f0e1c7d9a01';
  writeFileSync(file, JSON.stringify({ schemaVersion: 1, customerId, reference: 'PO-1', lines: [line] }));
  const rejected = await buy(file);
  expect(rejected).toMatchObject({ exit: [1, null], stderr: '' });
  expect(rejected.stdout).toMatch(/\nrejected after \d+\.\d s\n {2}\S+: \S.*\n {2}\S.*\n$/);
});

test('a purchase that is not there is no stack trace', async () => {
  const id = '00000000-0000-4000-8000-000000000000';
  expect(await buy('--follow', id)).toMatchObject({ exit: [1, null], stderr: `There is no purchase ${id}.\n` });
});
