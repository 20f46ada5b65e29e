import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { postPurchase, readPurchase, sendErpOrder, type Caller, type HistoryEntry, type PurchaseView } from './client';
import { runFunction, readCounts, readLedger } from './instruments';
import { developmentRequesters } from './settings';
import { startStack, type Stack } from './stack';

/**
 * `npm run demo`: two purchases through the whole of Cartage on this machine, told as they happen, and then checked
 * against what Partner Center, the broker and Blob Storage have to say of them.
 */

const LIMIT_SECONDS = 45;
const examples = resolve(__dirname, '..', '..', 'examples');

const placed = z.object({ purchaseId: z.string() });
const event = z.object({
  id: z.string(),
  type: z.string(),
  subject: z.string(),
  sequence: z.string(),
  data: z.record(z.string(), z.unknown()),
});
type Event = z.infer<typeof event>;

/** A purchase of the demo: how it is called here, and how to read it. */
interface Watched {
  name: string;
  purchaseId: string;
  caller: Pick<Caller, 'functionsUrl' | 'readKey'>;
}

async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cartage-demo-'));
  const log: string[] = [];
  say('Starting storage, Service Bus, the Partner Center sandbox and the Functions host ...');
  const started = performance.now();
  try {
    const stack = await startStack({
      dataDir,
      ports: 'free',
      log: (part, line) => log.push(`${part.padEnd(8)}| ${line}`),
    });
    try {
      say(`Ready after ${seconds(started)} s: ${stack.functionsUrl}/api\n`);
      await run(stack);
    } finally {
      await stack.stop();
    }
  } catch (error) {
    // The last lines of the parts say what the error alone does not.
    process.stderr.write(
      `${log.slice(-15).join('\n')}\n\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exitCode = 1;
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
  if (process.exitCode !== 1) say(`\nDone in ${seconds(started)} s. Everything was stopped, nothing is left behind.`);
}

async function run(stack: Stack): Promise<void> {
  const bus = new ServiceBusClient(stack.serviceBusConnection);
  const events: Event[] = [];
  const subscriber = bus.createReceiver('order-events', 'audit');
  subscriber.subscribe(
    { processMessage: async ({ body }) => void events.push(event.parse(body)), processError: async () => undefined },
    { autoCompleteMessages: true },
  );
  try {
    const watched = [await buyAsCrm(stack), await buyAsErp(stack, bus, events)];
    const purchases = await tell(watched);
    for (const purchase of purchases) await checkPurchase(stack, purchase);
    await harvest(stack, events);
    tellEvents(events);
    await tellCounts(stack);
  } finally {
    await subscriber.close();
    await bus.close();
  }
}

async function buyAsCrm({ functionsUrl }: Stack): Promise<Watched> {
  const { signingSecret, readKey } = developmentRequesters.crm;
  const caller = { functionsUrl, signingSecret, readKey };
  const answer = await postPurchase(caller, randomUUID(), readFileSync(join(examples, 'purchase.json')));
  if (answer.status !== 202) throw new Error(`the webhook was answered ${answer.status}: ${await answer.text()}`);
  const { purchaseId } = placed.parse(await answer.json());
  say(`CRM  POST /api/purchases, signed          202 Accepted, purchase ${purchaseId}`);
  return { name: 'CRM', purchaseId, caller };
}

/** The ERP system learns the id of its purchase from the event, by its own request id. */
async function buyAsErp({ functionsUrl }: Stack, bus: ServiceBusClient, events: Event[]): Promise<Watched> {
  const { signingSecret, readKey } = developmentRequesters.erp;
  const requestId = randomUUID();
  await sendErpOrder(bus, signingSecret, requestId, readFileSync(join(examples, 'erp-order.json'), 'utf8'));
  const { subject } = await eventually('the event of the ERP purchase', () =>
    events.find(({ data }) => data['requestId'] === requestId),
  );
  say(`ERP  message on purchase-requests, signed  accepted, purchase ${subject}\n`);
  return { name: 'ERP', purchaseId: subject, caller: { functionsUrl, readKey } };
}

/** Tells each stage as it happens, until every purchase is over. */
async function tell(watched: Watched[]): Promise<PurchaseView[]> {
  say(row('purchase', 'stage', 'outcome', 'ms', 'what was decided'));
  say(row('--------', '----------', '--------', '-----', '----------------'));
  const told = new Map<string, number>();
  return eventually('the end of both purchases', async () => {
    const views: PurchaseView[] = [];
    for (const { name, purchaseId, caller } of watched) {
      const view = await readPurchase(caller, purchaseId);
      if (!view) return undefined;
      const known = told.get(purchaseId) ?? 0;
      for (const entry of view.history.slice(known)) say(historyRow(name, entry));
      told.set(purchaseId, view.history.length);
      views.push(view);
    }
    return views.every(({ status }) => status !== 'open') ? views : undefined;
  });
}

/** One order per order group, by Partner Center's own ledger. */
async function checkPurchase(
  stack: Stack,
  { purchaseId, status, cart, orders = [], reason }: PurchaseView,
): Promise<void> {
  if (status !== 'completed')
    throw new Error(`purchase ${purchaseId} is ${status}: ${reason?.code} ${reason?.message}`);
  const ledger = (await readLedger(stack)).filter(({ cartId }) => cartId === cart?.id);
  const groups = [...new Set(cart?.lines.map(({ orderGroup }) => orderGroup))];
  say(`\nPurchase ${purchaseId}: cart ${cart?.id}`);
  for (const group of groups) {
    const inLedger = ledger.filter(({ orderGroup }) => orderGroup === group);
    const known = orders.find(({ orderGroup }) => orderGroup === group);
    if (inLedger.length !== 1 || inLedger[0]?.orderId !== known?.orderId) {
      throw new Error(
        `order group ${group} of cart ${cart?.id} has ${inLedger.length} orders in the ledger, expected exactly ${known?.orderId}`,
      );
    }
    say(`  order group ${group}: order ${known?.orderId}, ${known?.status}; exactly one in Partner Center's ledger`);
  }
}

async function harvest(stack: Stack, events: Event[]): Promise<void> {
  await runFunction(stack, 'list-invoices');
  const stored = await eventually('an invoice', () => events.find(({ type }) => type === 'cartage.invoice.stored.v1'));
  const path = String(stored.data['path']);
  const blob = new ContainerClient(stack.storageConnection, 'invoices').getBlobClient(path.replace(/^invoices\//, ''));
  const content = await blob.downloadToBuffer();
  if (!content.subarray(0, 5).equals(Buffer.from('%PDF-'))) throw new Error(`${path} is not a PDF`);
  say(
    `\nInvoice ${stored.subject}: ${path}, ${content.length} bytes in Blob Storage, SHA-256 ${String(stored.data['sha256']).slice(0, 16)}...`,
  );
}

function tellEvents(events: Event[]): void {
  say(`\nEvents received by subscription audit of order-events: ${events.length}`);
  for (const { type, subject, sequence } of events) say(`  ${type.padEnd(34)} ${subject}  #${sequence}`);
}

/** Every stage's messages went through the broker. */
async function tellCounts(stack: Stack): Promise<void> {
  const counts = await readCounts(stack);
  say('\nService Bus                    sent  delivered  completed  dead-lettered');
  for (const [entity, { sent, delivered, completed, deadLettered }] of counts) {
    if (sent === 0) continue;
    say(
      `  ${entity.padEnd(26)} ${[sent, delivered, completed, deadLettered].map((n) => `${n}`.padStart(6)).join('    ')}`,
    );
  }
  for (const stage of ['enablement', 'discovery', 'inventory', 'cart', 'checkout', 'tracking']) {
    const count = counts.get(`purchase-${stage}`);
    if (!count || count.completed === 0) throw new Error(`no message went through purchase-${stage}`);
  }
}

/** Asks until there is an answer, and gives up after a while. */
async function eventually<T>(what: string, ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + LIMIT_SECONDS * 1000;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(50);
  }
  throw new Error(`${what} did not come within ${LIMIT_SECONDS} s`);
}

function historyRow(name: string, { stage, attempt, outcome, note, milliseconds }: HistoryEntry): string {
  return row(name, attempt > 1 ? `${stage} ${attempt}` : stage, outcome, milliseconds.toFixed(1), note);
}

function row(name: string, stage: string, outcome: string, milliseconds: string, note: string): string {
  return `${name.padEnd(9)} ${stage.padEnd(12)} ${outcome.padEnd(9)} ${milliseconds.padStart(6)}  ${note}`;
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
