import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startStack, type Stack } from '@cartage/stack/stack';
import { messageStack } from '#test/proof/message-stack';
import { proveMessages } from '#test/proof/prove-messages';

let stack: Stack;
const dataDir = mkdtempSync(join(tmpdir(), 'cartage-messages-'));
beforeAll(async () => {
  stack = await startStack({ ...messageStack, dataDir, ports: 'free', log: () => undefined });
});
afterAll(async () => {
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

test('150 messages of every AMQP kind each end as one purchase or one unprocessable message, and the host is idle', async () => {
  const outcome = await proveMessages(stack, { count: 150, seed: 11, quietLimitMs: 60_000, watchMs: 5_000 });
  expect(outcome).toMatchObject({ refused: [], missing: [], twice: [], strange: [], left: 0 });
  expect(outcome.purchases + outcome.unprocessable).toBe(150);
  expect(outcome.load).toBeLessThan(0.2);
}, 240_000);
