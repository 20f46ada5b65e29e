/**
 * The long proofs of the Service Bus broker: 100,000 mutated frames, 200 kills under load at any time, and 100 in the middle of a
 * compaction. Ends with an error when one fails.
 */
import { readdirSync } from 'node:fs';
import { z } from 'zod';
import { UsageError, readCommandLine } from '#command-line';
import { wholeNumber } from '#config/whole-number';
import { fuzz } from '#test/support/fuzz';
import { type KillOptions, killLoop } from '#test/support/kill-loop';
import { TestBroker } from '#test/support/test-broker';

async function proveFuzz(frames: number, seed: number): Promise<void> {
  const config = {
    queues: { fuzzed: {}, sessions: { requiresSession: true } },
    topics: { topic: { subscriptions: { s: {} } } },
  };
  const broker = await TestBroker.start({ config, process: {} });
  try {
    const began = Date.now();
    await fuzz(broker, frames, seed);
    const client = broker.client();
    await client.createSender('fuzzed').sendMessages({ body: 'still here' });
    if (broker.log.includes('failed')) throw new Error(`the broker failed:\n${broker.log}`);
    const megabytes = Math.round((await broker.health()).rssBytes / 1_048_576);
    console.log(
      `fuzz: ${frames} mutated frames in ${(Date.now() - began) / 1000} s, no failure, ${megabytes} MB (seed ${seed})`,
    );
  } finally {
    await broker.dispose();
  }
}

/** From `compactAbove` megabytes on the journal may be compacted. */
async function proveKills(options: KillOptions, compactAbove: number): Promise<void> {
  const work = { requiresDuplicateDetection: true, maxDeliveryCount: 2_000, lockDuration: 'PT30S' };
  const broker = await TestBroker.start({ config: { queues: { work } }, compactAbove, process: {} });
  try {
    const began = Date.now();
    const { lost, returned, doubled, surplus, ...counts } = await killLoop(broker, options);
    const compactions = journalNumber(broker.data) - 1;
    const faults = { lost: lost.length, returned: returned.length, doubled: doubled.length, surplus };
    const seconds = (Date.now() - began) / 1000;
    const { when, seed } = options;
    console.log(`kill loop: ${JSON.stringify({ when, ...counts, ...faults, compactions, seconds, seed })}`);
    if (faults.lost + faults.returned + faults.doubled + surplus > 0)
      throw new Error(`lost ${lost.join()} returned ${returned.join()} doubled ${doubled.join()}`);
  } finally {
    await broker.dispose();
  }
}

/** The number in the name of the broker's journal, which grows by one with every compaction. */
function journalNumber(data: string): number {
  const numbers = readdirSync(data).flatMap((name) => /^journal-(\d+)\.log$/.exec(name)?.[1] ?? []);
  return Math.max(...numbers.map(Number));
}

const USAGE =
  'Usage: node dist/test/proof.js [--frames 100000] [--kills 200] [--compactions 100] [--padding 8000] [--seed NUMBER]';

const schema = z.object({
  frames: wholeNumber(0, 10_000_000),
  kills: wholeNumber(0, 100_000),
  compactions: wholeNumber(0, 100_000),
  padding: wholeNumber(0, 500_000),
  seed: wholeNumber(0, 4_294_967_295),
});

async function main(): Promise<void> {
  const { frames, kills, compactions, padding, seed } = readCommandLine(
    process.argv.slice(2),
    {
      frames: { type: 'string', default: '100000' },
      kills: { type: 'string', default: '200' },
      compactions: { type: 'string', default: '100' },
      padding: { type: 'string', default: '8000' },
      seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
    },
    schema,
  );
  if (frames > 0) await proveFuzz(frames, seed);
  if (kills > 0) await proveKills({ kills, when: 'any time', seed, padding }, 64);
  if (compactions > 0) await proveKills({ kills: compactions, when: 'in a compaction', seed, padding: 2_000 }, 1);
}

main().then(
  // The SDK keeps timers for what a dead broker never answers; nothing waits for them.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof UsageError ? `${error.message}\n${USAGE}` : error);
    process.exit(1);
  },
);
