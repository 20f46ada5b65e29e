import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ServiceBusClient } from '@azure/service-bus';
import { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';
import { postPurchase, sendErpOrder, type Caller } from '#client';
import { eventually } from '#eventually';
import { exampleFile } from '#examples';
import { followPurchase } from '#follow';
import { readCounts, readLedger, runFunction, type EntityCounts } from '#instruments';
import { developmentRequesters } from '#settings';
import type { Stack } from '#stack';
import type { Paint } from '#text/paint';
import { shortId } from '#text/short-ids';
import { STAGE_HEADING, stageLines } from '#text/stage-columns';
import { countTable } from './count-table';
import { eventTable, type EventColumn } from './event-table';
import { orderTable, type Bought } from './order-table';

const accepted = z.object({ purchaseId: z.string() });
const event = z.object({
  type: z.string(),
  subject: z.string(),
  sequence: z.string(),
  partitionkey: z.string(),
  data: z.record(z.string(), z.unknown()),
});
type Event = z.infer<typeof event>;

/** An accepted purchase of the demo: how it is called here, and who may read it. */
interface Accepted {
  readonly name: 'CRM' | 'ERP';
  readonly purchaseId: string;
  readonly caller: Pick<Caller, 'functionsUrl' | 'readKey'>;
}

export interface DemoOptions {
  readonly stack: Stack;
  /** Takes each line of the report as it happens. */
  readonly say: (line: string) => void;
  readonly paint: Paint;
}

/**
 * Two purchases and the invoices through the whole of Cartage, reported as they happen, and then checked against what Partner Center,
 * the subscriber, the broker and Blob Storage have of them. Rejects when anything is not as it should be.
 */
export async function runDemo({ stack, say, paint }: DemoOptions): Promise<void> {
  const print = (line: string): void =>
    say(line.replace(/^(CRM|ERP)/, (name) => paint(name === 'CRM' ? 'cyan' : 'magenta', name)));
  const bus = new ServiceBusClient(stack.serviceBusConnection);
  const events: Event[] = [];
  const subscriber = bus.createReceiver('order-events', 'audit');
  subscriber.subscribe({
    processMessage: async ({ body }) => void events.push(event.parse(body)),
    processError: async () => undefined,
  });
  try {
    const crm = await buyAsCrm(stack);
    print(`CRM  signed webhook, POST /api/purchases         202 Accepted  purchase ${crm.purchaseId}`);
    const erp = await buyAsErp(stack, bus, events);
    print(`ERP  signed message on queue purchase-requests   accepted      purchase ${erp.purchaseId}`);
    print('');
    print(paint('dim', `     ${STAGE_HEADING}`));
    const purchases = await Promise.all([crm, erp].map((purchase) => follow(purchase, print, paint)));
    const section = (title: string, lines: readonly string[]): void =>
      ['', paint('bold', title), ...lines].forEach(print);
    section('Exactly one order for each order group, by the ledger of Partner Center:', [
      ...orderTable(purchases, await readLedger(stack), paint),
    ]);
    section(
      'Events on topic order-events, as subscription audit received them, without a gap:',
      eventTable(await eventColumns(purchases, events), paint),
    );
    section('Invoices in Blob Storage, each a PDF with the SHA-256 of its event:', await harvest(stack, events, paint));
    section('Messages through Service Bus:', countTable(await readStageCounts(stack), paint));
  } finally {
    await subscriber.close();
    await bus.close();
  }
}

async function buyAsCrm({ functionsUrl }: Stack): Promise<Accepted> {
  const caller = { ...developmentRequesters.crm, functionsUrl };
  const answer = await postPurchase(caller, randomUUID(), readFileSync(exampleFile('purchase.json')));
  if (answer.status !== 202) throw new Error(`The webhook was answered ${answer.status}: ${await answer.text()}`);
  return { name: 'CRM', caller, ...accepted.parse(await answer.json()) };
}

/** An ERP system learns the id of its purchase from the event, which has its own request id. */
async function buyAsErp({ functionsUrl }: Stack, bus: ServiceBusClient, events: readonly Event[]): Promise<Accepted> {
  const { signingSecret, readKey } = developmentRequesters.erp;
  const requestId = randomUUID();
  await sendErpOrder(bus, signingSecret, requestId, readFileSync(exampleFile('erp-order.json'), 'utf8'));
  const { subject } = await eventually('the ERP purchase is accepted', () =>
    events.find(({ data }) => data['requestId'] === requestId),
  );
  return { name: 'ERP', purchaseId: subject, caller: { functionsUrl, readKey } };
}

async function follow({ name, purchaseId, caller }: Accepted, say: DemoOptions['say'], paint: Paint): Promise<Bought> {
  const view = await followPurchase(caller, purchaseId, (step) => stageLines(step, paint, name.padEnd(5)).forEach(say));
  const { status, reason } = view;
  if (status !== 'completed')
    throw new Error(`Purchase ${purchaseId} is ${status}: ${reason?.code} ${reason?.message}`);
  return { name, view };
}

/** The events of each purchase, once its last one has come. */
async function eventColumns(purchases: readonly Bought[], events: readonly Event[]): Promise<EventColumn[]> {
  const columns = purchases.map(async ({ name, view: { purchaseId } }) => {
    const own = (): Event[] => events.filter(({ partitionkey }) => partitionkey === purchaseId);
    await eventually(`the last event of the ${name} purchase`, () =>
      own().some(({ type }) => type === 'cartage.purchase.completed.v1'),
    );
    return { title: `${name} purchase ${shortId(purchaseId)}`, subject: purchaseId, events: own() };
  });
  return Promise.all(columns);
}

const stored = z.object({ path: z.string(), size: z.number(), sha256: z.string() });

/** Runs the invoice timer now, waits until every document was fetched, and compares what is stored with the events. */
async function harvest(stack: Stack, events: readonly Event[], paint: Paint): Promise<string[]> {
  await runFunction(stack, 'list-invoices');
  await eventually('every invoice is stored', async () => {
    const counts = await readCounts(stack);
    const [queue, audit] = [counts.get('invoice-harvest'), counts.get('order-events/Subscriptions/audit')];
    return queue !== undefined && queue.completed > 0 && [queue, audit].every((each) => isEmpty(each));
  });
  const invoices = new ContainerClient(stack.storageConnection, 'invoices');
  const rows = events
    .filter(({ type }) => type === 'cartage.invoice.stored.v1')
    .map(async ({ subject, data }) => {
      const { path, size, sha256 } = stored.parse(data);
      const content = await invoices.getBlobClient(path.replace(/^invoices\//, '')).downloadToBuffer();
      const isThisPdf = content.subarray(0, 5).toString() === '%PDF-' && hashOf(content) === sha256;
      if (!isThisPdf) throw new Error(`${path} is not the PDF that its event describes.`);
      return invoiceRow(subject, path, `${size}`, sha256);
    });
  if (rows.length === 0) throw new Error('No invoice was stored.');
  return [paint('dim', invoiceRow('invoice', 'blob', 'bytes', 'SHA-256')), ...(await Promise.all(rows)).toSorted()];
}

const hashOf = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

const isEmpty = (entity: EntityCounts | undefined): boolean => entity?.active === 0 && entity.locked === 0;

function invoiceRow(id: string, path: string, size: string, sha256: string): string {
  return `     ${id.padEnd(12)}${path.padEnd(36)}${size.padStart(6)}   ${sha256.slice(0, 32)}`;
}

/** The counts of the broker, which must show that every stage had its message. */
async function readStageCounts(stack: Stack): Promise<Map<string, EntityCounts>> {
  const counts = await readCounts(stack);
  for (const stage of ['enablement', 'discovery', 'inventory', 'cart', 'checkout', 'tracking']) {
    if ((counts.get(`purchase-${stage}`)?.completed ?? 0) === 0)
      throw new Error(`No message went through purchase-${stage}.`);
  }
  return counts;
}
