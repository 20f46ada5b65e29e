import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sumAmounts } from '#shared/domain/amount';
import type { Transport } from '#shared/partner-center/http/transport';
import { listAuditRecords } from '#shared/partner-center/resources/audit-records';
import { listCustomers } from '#shared/partner-center/resources/customers';
import { listInvoices, type Invoice } from '#shared/partner-center/resources/invoices';
import {
  lineTotal,
  listInvoiceLineItems,
  listUnbilledLineItems,
  type LineItemQuestion,
} from '#shared/partner-center/resources/line-items';
import { listWebhookEvents } from '#shared/partner-center/resources/webhooks';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { aCall, all, clientOf, CONTOSO } from './client-of-sandbox';
import { buy, lineFor } from './shop';

const WIDE = { partnerPerMinute: Infinity, customerPerMinute: Infinity };
const startDate = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

let sandbox: TestSandbox;
let pc: Transport;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  pc = sandbox.partnerCenter;
  // Three audit records, as there are three customers and three invoices.
  for (let order = 0; order < 3; order++) await buy(pc, CONTOSO, await lineFor(pc, CONTOSO, 'DG7GMGF0D5P1', '0001'));
});
afterAll(() => sandbox.stop());

async function anInvoice(type: 'recurring' | 'one_time'): Promise<Invoice> {
  const invoices = await all(listInvoices(pc, {}, aCall()));
  const found = invoices.find(({ invoiceType }) => invoiceType === type);
  if (found === undefined) throw new Error(`there is no ${type} invoice`);
  return found;
}

test.each<[scheme: string, type: 'recurring' | 'one_time', question: LineItemQuestion]>([
  ['size and offset', 'recurring', { kind: 'license' }],
  ['size and offset', 'recurring', { kind: 'usage' }],
  ['size and offset', 'recurring', { kind: 'daily_usage' }],
  ['continuation', 'one_time', { kind: 'one_time' }],
  ['continuation', 'one_time', { kind: 'daily_rated_usage' }],
])('%s: small pages of %s line items (%p) hold the same lines as one large page', async (_scheme, type, question) => {
  const invoice = (await anInvoice(type)).id;
  const whole = await all(listInvoiceLineItems(pc, invoice, { ...question, pageSize: 2000 }, aCall()));
  const paged = await all(listInvoiceLineItems(pc, invoice, { ...question, pageSize: 7 }, aCall()));
  expect(whole.length).toBeGreaterThan(7);
  expect(paged).toEqual(whole);
});

test('continuation with the token in the link only: unbilled lines', async () => {
  const question = { kind: 'one_time', currencyCode: 'EUR', period: 'previous' } as const;
  const whole = await all(listUnbilledLineItems(pc, { ...question, pageSize: 2000 }, aCall()));
  expect(whole.length).toBeGreaterThan(3);
  expect(await all(listUnbilledLineItems(pc, { ...question, pageSize: 3 }, aCall()))).toEqual(whole);
});

test('continuation with ids: customers and audit records', async () => {
  const customers = await all(listCustomers(pc, {}, aCall()));
  expect(customers.length).toBeGreaterThan(2);
  expect(await all(listCustomers(pc, { pageSize: 1 }, aCall()))).toEqual(customers);
  const records = await all(listAuditRecords(pc, { startDate }, aCall()));
  expect(records.length).toBeGreaterThan(2);
  expect(await all(listAuditRecords(pc, { startDate, pageSize: 1 }, aCall()))).toEqual(records);
});

test('size and offset with ids: invoices', async () => {
  const invoices = await all(listInvoices(pc, {}, aCall()));
  expect(invoices.length).toBeGreaterThan(2);
  expect(await all(listInvoices(pc, { pageSize: 1 }, aCall()))).toEqual(invoices);
  expect(await all(listInvoices(pc, { pageSize: 2, from: '2000-01-01' }, aCall()))).toEqual(invoices);
});

/** Lists of three pages each. */
const LISTS: readonly (readonly [what: string, route: string, list: (from: Transport) => AsyncIterable<unknown>])[] = [
  ['invoices', 'listInvoices', (from) => listInvoices(from, { pageSize: 1 }, aCall())],
  [
    'lines of the older commerce',
    'listLineItems',
    (from) => listInvoiceLineItems(from, 'D02005YFHI', { kind: 'license', pageSize: 9 }, aCall()),
  ],
  [
    'lines of the newer commerce',
    'listLineItems',
    (from) => listInvoiceLineItems(from, 'G000024135', { kind: 'daily_rated_usage', pageSize: 9 }, aCall()),
  ],
  [
    'unbilled lines',
    'listUnbilledLineItems',
    (from) =>
      listUnbilledLineItems(from, { kind: 'one_time', currencyCode: 'EUR', period: 'current', pageSize: 9 }, aCall()),
  ],
  ['customers', 'listCustomers', (from) => listCustomers(from, { pageSize: 1 }, aCall())],
  ['audit records', 'listAuditRecords', (from) => listAuditRecords(from, { startDate, pageSize: 1 }, aCall())],
];

test.each(LISTS)(
  '%s throttled before every page say how long to wait, and go on with nothing lost or doubled',
  async (_what, route, list) => {
    const whole = await all(list(pc));
    let now = Date.now();
    const { pc: throttled } = clientOf(sandbox.url, { limits: WIDE, now: () => now });
    const everySecondCall = [0, 2, 4].map((skip) => ({ kind: 'throttle', route, seconds: 20, skip }));
    await sandbox.control('/sandbox/faults', everySecondCall);

    const items = list(throttled)[Symbol.asyncIterator]();
    const read: unknown[] = [];
    const refusals: unknown[] = [];
    for (;;) {
      const next = await items.next().catch((error: unknown) => {
        refusals.push(error);
        now += 20_000;
      });
      if (next?.done === true) break;
      if (next !== undefined) read.push(next.value);
    }
    expect(read).toEqual(whole);
    const refusal = { status: 429, remedy: 'wait', retryAfterSeconds: 20 };
    expect(refusals).toMatchObject([refusal, refusal, refusal]);
  },
);

test('no paging at all: a bare array', async () => {
  expect(await listWebhookEvents(pc, aCall())).toContain('invoice-ready');
});

test('the lines of an invoice add up to its total', async () => {
  const invoice = await anInvoice('one_time');
  const lines = await all(listInvoiceLineItems(pc, invoice.id, { kind: 'one_time' }, aCall()));
  const amounts = lines.flatMap((line) => lineTotal(line)?.amount ?? []);
  expect(amounts).toHaveLength(lines.length);
  expect(sumAmounts(amounts)).toBe(invoice.totalCharges);
});
