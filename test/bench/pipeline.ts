import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@cartage/stack/eventually';
import { readCalls, readCounts } from '@cartage/stack/instruments';
import { startStack, type Stack } from '@cartage/stack/stack';
import { checkoutCart, createCart } from '#shared/partner-center/resources/carts';
import { listAvailabilities } from '#shared/partner-center/resources/catalogue';
import type { Transport } from '#shared/partner-center/http/transport';
import { CUSTOMER } from '#test/support/builders';
import { freePort } from '#test/support/free-port';
import { oneLine } from '#test/support/requests';
import { sandboxClient } from '#test/support/sandbox';
import { startTableCounter, type TableCounter } from '#test/support/table-counter';
import { Buyer, type Bought } from './buyer';

/**
 * `npm run bench`: purchases per second, our own time, processor time and counts per purchase, at 1 and 64 in flight,
 * against a sandbox without latency. The baseline of the same run is a script that makes the same Partner Center calls
 * with the same client and keeps nothing. Ratios and counts carry over to other machines; seconds do not.
 */

const FLIGHTS = [
  { inFlight: 1, purchases: 100 },
  { inFlight: 64, purchases: 640 },
];
const COUNTED = 20;

/** A licence: no inventory check, no registration, nothing to activate. */
const item = { productId: 'CFQ7TTC0LH18', skuId: '0001' };
const term = { termDuration: 'P1Y', billingCycle: 'monthly' };
const wish = JSON.stringify(oneLine(item.productId, item.skuId, term));

const environment = {
  PARTNER_CENTER_CALLS_PER_MINUTE: '10000000',
  PARTNER_CENTER_CALLS_PER_MINUTE_AND_CUSTOMER: '10000000',
  // No watchdog ticks during the run, nothing is harvested: what counts is the way of a purchase that goes well.
  WATCHDOG_SECONDS: '1800',
  InvoiceSchedule: '0 0 0 1 1 *',
  AzureFunctionsJobHost__logging__logLevel__default: 'Warning',
};
const sandboxArgs = ['--order-delay-seconds', '0', '--list-lag-seconds', '0'];

async function main(): Promise<void> {
  await inFolder(async (dataDir) => {
    const stack = await startStack({ dataDir, ports: 'free', log: () => undefined, sandboxArgs, env: environment });
    try {
      await measure(stack);
    } finally {
      await stack.stop();
    }
  });
  await inFolder(countTables);
}

async function inFolder(work: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cartage-bench-'));
  try {
    await work(dataDir);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function measure(stack: Stack): Promise<void> {
  const buyer = new Buyer(stack);
  await buyer.buyMany(wish, 50, 8);
  const bare = await baseline(sandboxClient(stack.sandboxUrl, stack.settings.PARTNER_CENTER_SECRETS_FILE));
  for (const { inFlight, purchases } of FLIGHTS) {
    const before = await readings(stack);
    const started = performance.now();
    const bought = await buyer.buyMany(wish, purchases, inFlight);
    const seconds = (performance.now() - started) / 1000;
    const after = await readings(stack);
    const total = median(bought.map(({ milliseconds }) => milliseconds));
    console.log(`\n${inFlight} in flight, ${purchases} purchases of one line`);
    line('purchases per second', (purchases / seconds).toFixed(1));
    line('whole purchase, median', `${total.toFixed(1)} ms`);
    line('the same calls by a bare script, median', `${bare.toFixed(1)} ms`);
    if (inFlight === 1) line('our own overhead', `${(total - bare).toFixed(1)} ms (goal: under 25, in sight 15)`);
    await tellStages(buyer, bought);
    for (const [what, value] of Object.entries(after.processor)) {
      line(
        `processor time per purchase, ${what}`,
        perPurchase(value - (before.processor[what] ?? 0), purchases, ' ms'),
      );
    }
    if (inFlight === 1) {
      line('Partner Center calls per purchase', perPurchase(after.calls - before.calls, purchases));
      line('Service Bus messages sent per purchase', perPurchase(after.sent - before.sent, purchases));
      line('Service Bus operations per purchase', perPurchase(after.operations - before.operations, purchases));
    }
  }
  await buyer.close();
}

/** The Partner Center calls of a purchase with a warm catalogue, one after the other, by a script without memory. */
async function baseline(pc: Transport): Promise<number> {
  const runs: number[] = [];
  for (let run = 0; run < 100; run++) {
    const call = () => ({ requestId: crypto.randomUUID(), correlationId: crypto.randomUUID() });
    const started = performance.now();
    const [availability] = await listAvailabilities(
      pc,
      { kind: 'market', country: 'DE' },
      item.productId,
      item.skuId,
      {},
      call(),
    );
    const line = { catalogItemId: availability?.catalogItemId ?? '', quantity: 1, ...term };
    const cart = await createCart(pc, CUSTOMER, { lineItems: [line] }, call());
    await checkoutCart(pc, CUSTOMER, cart.id, call());
    runs.push(performance.now() - started);
  }
  return median(runs.slice(20));
}

/** How long each step took from the write before it to its own: sending, receiving, working and writing. */
async function tellStages(buyer: Buyer, bought: Bought[]): Promise<void> {
  const steps = new Map<string, number[]>();
  for (const { purchaseId } of bought.slice(-100)) {
    const { history } = await buyer.view(purchaseId);
    history.forEach((entry, at) => {
      const since = history[at - 1];
      const name = entry.outcome === 'intent' ? `${entry.stage} (intent)` : entry.stage;
      if (since) steps.set(name, [...(steps.get(name) ?? []), Date.parse(entry.at) - Date.parse(since.at)]);
    });
  }
  const medians = [...steps].map(([name, times]) => `${name} ${median(times).toFixed(0)}`);
  line('each step, median ms from write to write', medians.join(', '));
}

interface Readings {
  calls: number;
  sent: number;
  operations: number;
  processor: Record<string, number>;
}

async function readings(stack: Stack): Promise<Readings> {
  const [{ total }, counts] = await Promise.all([readCalls(stack), readCounts(stack)]);
  // A topic's copies at its subscriptions are the broker's work, and receiving them is the subscribers'.
  const ours = [...counts].filter(([entity]) => !entity.includes('/Subscriptions/')).map(([, entity]) => entity);
  const sent = ours.reduce((sum, entity) => sum + entity.sent + entity.scheduledSends, 0);
  const operations =
    sent + ours.reduce((sum, entity) => sum + entity.delivered + entity.completed + entity.abandoned, 0);
  const parts = ['host', 'broker', 'sandbox', 'storage'] as const;
  const processor = Object.fromEntries(parts.map((part) => [part, processorMilliseconds(stack.pid(part))]));
  return { calls: total, sent, operations, processor };
}

/** User and system time of a process so far, from /proc (ticks of 10 ms); 0 where there is no /proc. */
function processorMilliseconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}

/** Table operations are counted in a run of their own, through a proxy that would cost time in the other. */
async function countTables(dataDir: string): Promise<void> {
  const [blob, table] = [await freePort(), await freePort()];
  const counter: TableCounter = await startTableCounter(table);
  const account = 'http://127.0.0.1';
  const storage = (tablePort: number) =>
    `${publicAccount};BlobEndpoint=${account}:${blob}/devstoreaccount1;TableEndpoint=${account}:${tablePort}/devstoreaccount1`;
  const stack = await startStack({
    dataDir,
    ports: { functions: 0, sandbox: 0, broker: 0, brokerAdmin: 0, blob, table },
    log: () => undefined,
    sandboxArgs,
    env: { ...environment, StorageConnection: storage(counter.port) },
  });
  try {
    const buyer = new Buyer(stack);
    await buyer.buyMany(wish, 2, 1);
    const before = counter.count();
    await buyer.buyMany(wish, COUNTED, 1);
    // The last write of a purchase follows its last event.
    await eventually('the counts', () => counter.count() >= before + COUNTED * 7);
    line('\nTable operations per purchase', perPurchase(counter.count() - before, COUNTED));
    await buyer.close();
  } finally {
    await stack.stop();
    await counter.close();
  }
}

/** The account and key of every Azurite, both public. */
const publicAccount =
  'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

function perPurchase(amount: number, purchases: number, unit = ''): string {
  return `${(amount / purchases).toFixed(2)}${unit}`;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function line(what: string, value: string): void {
  console.log(`${what.padEnd(44)} ${value}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
