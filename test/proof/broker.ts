/** The long proofs of the Service Bus broker: 100,000 mutated frames, and 200 kills under load. Ends with an error when one fails. */
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BrokerProcess } from '#test/infra/local/service-bus/broker-process';
import { fuzz } from '#test/infra/local/service-bus/fuzz';
import { killLoop } from '#test/infra/local/service-bus/kill-loop';

async function proveFuzz(frames: number, seed: number): Promise<void> {
  const config = {
    queues: { fuzzed: {}, sessions: { requiresSession: true } },
    topics: { topic: { subscriptions: { s: {} } } },
  };
  const broker = await BrokerProcess.start({ config });
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

/** With a `padding` of some kilobytes the journal grows large enough to be compacted now and then under the load and the kills. */
async function proveKills(kills: number, seed: number, padding: number): Promise<void> {
  const work = { requiresDuplicateDetection: true, maxDeliveryCount: 2_000, lockDuration: 'PT30S' };
  const broker = await BrokerProcess.start({ config: { queues: { work } } });
  try {
    const began = Date.now();
    const { lost, returned, doubled, ...counts } = await killLoop(broker, kills, seed, padding);
    const compactions = journalNumber(broker.data) - 1;
    const faults = { lost: lost.length, returned: returned.length, doubled: doubled.length };
    console.log(
      `kill loop: ${JSON.stringify({ ...counts, ...faults, compactions, seconds: (Date.now() - began) / 1000, seed })}`,
    );
    if (faults.lost + faults.returned + faults.doubled > 0)
      throw new Error(`lost ${lost.join()} returned ${returned.join()} doubled ${doubled.join()}`);
    if (padding > 0 && compactions === 0) throw new Error('the journal was never compacted: too few kills');
  } finally {
    await broker.dispose();
  }
}

/** The number in the name of the broker's journal, which grows by one with every compaction. */
function journalNumber(data: string): number {
  const numbers = readdirSync(data).flatMap((name) => /^journal-(\d+)\.log$/.exec(name)?.[1] ?? []);
  return Math.max(...numbers.map(Number));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      frames: { type: 'string', default: '100000' },
      kills: { type: 'string', default: '200' },
      padding: { type: 'string', default: '8000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    },
  });
  const seed = Number(values.seed);
  if (values.frames !== '0') await proveFuzz(Number(values.frames), seed);
  if (values.kills !== '0') await proveKills(Number(values.kills), seed, Number(values.padding));
}

main().then(
  // The SDK keeps timers for what a dead broker never answers; nothing waits for them.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
