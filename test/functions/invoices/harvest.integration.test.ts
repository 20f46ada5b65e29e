import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { harvestInvoice } from '#functions/invoices/harvest-invoice';
import { listInvoices } from '#functions/invoices/list-invoices';
import type { Log } from '#shared/log';
import { MemoryBus } from '#test/support/memory';
import { MemoryBlobs } from '#test/support/memory-blobs';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';

/** The harvest of invoices against the sandbox: three invoices, of which the second has an amendment. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.stop());

let bus: MemoryBus;
let invoices: MemoryBlobs;
let lines: Parameters<Log>[];
beforeEach(() => {
  bus = new MemoryBus(() => sandbox.now());
  invoices = new MemoryBlobs(() => sandbox.now());
  lines = [];
});
afterEach(() => sandbox.clearFaults());

const deps = () => ({
  partnerCenter: sandbox.partnerCenter,
  bus,
  invoices,
  invoiceWindowDays: 90,
  log: (...line: Parameters<Log>) => void lines.push(line),
  now: () => sandbox.now(),
  newId: randomUUID,
});
const list = () => listInvoices(deps())();
const harvest = (message: unknown) => harvestInvoice(deps())(message);

/** Fetches what was asked for. */
async function drain(): Promise<void> {
  for (let next = bus.takeNext(); next; next = bus.takeNext()) {
    if (next.entity === 'invoice-harvest') await harvest(next.body);
  }
}

const pdfs = () =>
  [...invoices.contents.keys()]
    .filter((path) => path.endsWith('.pdf'))
    .map((path) => path.replace(/^\d{4}\/\d{2}\//, ''))
    .toSorted();
const ALL = ['D02005YFHI.pdf', 'G000024130.pdf', 'G000024131.pdf', 'G000024135.pdf'];
const unreadable = () =>
  bus.sent.filter(({ entity, body }) => entity === 'order-events' && JSON.stringify(body).includes('unreadable.v1'));
const change = (at: string, value?: unknown) =>
  sandbox.control('/sandbox/faults', {
    kind: 'change-answer',
    route: 'listInvoices',
    at,
    times: 10,
    ...(value === undefined ? {} : { value }),
  });

test('every invoice and amendment is stored once, under its own month', async () => {
  await list();
  await drain();
  expect(pdfs()).toEqual(ALL);
  await list();
  expect(bus.queued).toEqual([]);
});

test.each<[string, string, unknown, string | undefined]>([
  ['without totalCharges', 'totalCharges', undefined, 'G000024130'],
  ['without a currency', 'currencyCode', null, 'G000024130'],
  ['with an underscore in its id', 'id', 'G_000002', 'G_000002'],
  ['with slashes in its id', 'id', 'IN/2026/0002', 'IN/2026/0002'],
  ['with a word for an amount', 'paidAmount', 'n/a', 'G000024130'],
])('an invoice %s costs only itself: it is kept raw and told of, once', async (_what, member, value, id) => {
  await change(`items.1.${member}`, value);
  await list();
  await list();
  await drain();
  expect(pdfs()).toEqual(['D02005YFHI.pdf', 'G000024135.pdf']);
  const [[path, content] = ['', Buffer.from('')], ...more] = [...invoices.contents].filter(([name]) =>
    name.startsWith('odd/'),
  );
  expect(more).toEqual([]);
  const kept: unknown = JSON.parse(content.toString());
  expect(kept).toMatchObject({ documentType: 'void_note', amendments: [{ id: 'G000024131' }] });
  expect(unreadable().map(({ body }) => body)).toMatchObject([
    { data: { invoiceId: id, path: `invoices/${path}`, problems: [expect.stringContaining(member)] } },
  ]);
  expect(lines).toContainEqual(['error', 'invoice unreadable', expect.objectContaining({ invoiceId: id })]);
  expect(JSON.stringify(lines)).not.toContain('n/a');
});

test.each<[string, string, unknown, string[]]>([
  [
    'an amendment without an amount',
    'items.1.amendments',
    [{ id: 'G000024131', currencyCode: 'EUR' }],
    ALL.filter((name) => name !== 'G000024131.pdf'),
  ],
  ['a tax receipt without an id', 'items.1.taxReceipts', [{ id: null }], ALL],
])('%s is kept raw and told of, and its invoice is stored', async (_what, at, value, stored) => {
  await change(at, value);
  await list();
  await list();
  await drain();
  expect(pdfs()).toEqual(stored);
  expect(unreadable()).toHaveLength(1);
});

test('a message cannot store one invoice under the name of another: the path comes from Partner Center', async () => {
  const forged = {
    invoiceId: 'G000024135',
    path: '2020/01/D02005YFHI.pdf',
    documentType: 'invoice',
    totalCharges: '1',
  };
  await harvest({ ...forged, currencyCode: 'EUR', invoiceDate: '2020-01-01T00:00:00Z', attempt: 1 });
  expect(pdfs()).toEqual(['G000024135.pdf']);
  expect(bus.sent.map(({ body }) => body)).toMatchObject([
    { subject: 'G000024135', data: { totalCharges: '2076.63', currencyCode: 'USD' } },
  ]);
});

test('a message that calls one invoice the amendment of another is unprocessable, and so is one with a path for an id', async () => {
  await harvest({ invoiceId: 'G000024135', amends: 'D02005YFHI', attempt: 1 });
  await harvest({ invoiceId: '../secrets', attempt: 1 });
  expect(bus.sent.map(({ entity }) => entity)).toEqual(['unprocessable-messages', 'unprocessable-messages']);
  expect(invoices.contents.size).toBe(0);
});

test('an invoice of another id than was asked for is not stored', async () => {
  await sandbox.control('/sandbox/faults', {
    kind: 'change-answer',
    route: 'getInvoice',
    at: 'id',
    value: 'D02005YFHI',
  });
  await harvest({ invoiceId: 'G000024135', attempt: 1 });
  expect(invoices.contents.size).toBe(0);
  expect(lines).toContainEqual(['error', expect.stringContaining('list it again'), expect.anything()]);
});
