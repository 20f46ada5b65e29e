import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack } from '@cartage/stack/stack';
import { isProven, messageStack } from './message-stack';
import { proveMessages } from './prove-messages';

/**
 * `npm run proof:messages`: 10,000 messages of every AMQP body kind and many sizes to `purchase-requests` of a whole stack. Each ends
 * as one purchase or as one unprocessable message, and the host is idle afterwards. `npm run proof:messages -- 500 7` sends 500, made
 * from the seed 7.
 */
async function main(count = '10000', seed = '1'): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cartage-messages-'));
  const stack = await startStack({ ...messageStack, dataDir, ports: 'free', log: () => undefined });
  try {
    const started = performance.now();
    const plan = { count: Number(count), seed: Number(seed), quietLimitMs: 180_000, watchMs: 20_000 };
    const outcome = await proveMessages(stack, { ...plan, say: (line) => console.log(line) });
    console.log(outcome);
    console.log(
      `${isProven(outcome) ? 'proven' : 'NOT proven'} in ${((performance.now() - started) / 1000).toFixed(0)} s`,
    );
    process.exitCode = isProven(outcome) ? 0 : 1;
  } finally {
    await stack.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

main(...process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
