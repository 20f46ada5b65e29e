import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sumAmounts } from '#shared/domain/amount';
import { listAvailabilities } from '#shared/partner-center/catalog';
import { listAuditRecords } from '#shared/partner-center/audit-records';
import { checkoutCart, createCart } from '#shared/partner-center/carts';
import { listCustomers } from '#shared/partner-center/customers';
import { listInvoices, type Invoice } from '#shared/partner-center/invoices';
import {
  lineTotal,
  listInvoiceLineItems,
  listUnbilledLineItems,
  type LineItemQuestion,
} from '#shared/partner-center/line-items';
import { listWebhookEvents } from '#shared/partner-center/webhooks';
import type { Transport } from '#shared/partner-center/transport';
import { aCall, all, clientOf, CONTOSO } from './client-of-sandbox';
import { startSandbox, type Sandbox } from './sandbox-process';

let sandbox: Sandbox;
let pc: Transport;
beforeAll(async () => {
  sandbox = await startSandbox();
  pc = clientOf(sandbox.origin, { limits: { partnerPerMinute: Infinity, customerPerMinute: Infinity } }).pc;
});
afterAll(() => sandbox.stop());

async function anInvoice(type: 'recurring' | 'one_time'): Promise<Invoice> {
  const invoices = await all(listInvoices(pc, {}, aCall()));
  const found = invoices.find(({ invoiceType }) => invoiceType === type);
  if (found === undefined) throw new Error(`there is no ${type} invoice`);
  return found;
}

/** Buys perpetual software, which leaves an audit record. */
async function buy(): Promise<void> {
  const [software] = await listAvailabilities(pc, { customerId: CONTOSO }, 'DG7GMGF0D5P1', '0001', {}, aCall());
  if (software === undefined) throw new Error('the software is not sold');
  const line = { catalogItemId: software.catalogItemId, quantity: 1, billingCycle: 'one_time' };
  const cart = await createCart(pc, CONTOSO, { lineItems: [line] }, aCall());
  expect((await checkoutCart(pc, CONTOSO, cart.id, aCall())).orders).toHaveLength(1);
}

test.each<[scheme: string, type: 'recurring' | 'one_time', question: LineItemQuestion]>([
  ['size and offset', 'recurring', { provider: 'office', lines: 'billing' }],
  ['size and offset', 'recurring', { provider: 'azure', lines: 'billing' }],
  ['size and offset', 'recurring', { provider: 'azure', lines: 'usage' }],
  ['continuation', 'one_time', { provider: 'onetime', lines: 'billing' }],
  ['continuation', 'one_time', { provider: 'onetime', lines: 'usage' }],
])('%s: small pages of %s line items (%p) hold the same lines as one large page', async (_scheme, type, question) => {
  const invoice = (await anInvoice(type)).id;
  const whole = await all(listInvoiceLineItems(pc, invoice, { ...question, pageSize: 2000 }, aCall()));
  const paged = await all(listInvoiceLineItems(pc, invoice, { ...question, pageSize: 7 }, aCall()));
  expect(whole.length).toBeGreaterThan(7);
  expect(paged).toEqual(whole);
});

test('continuation with the token in the link only: unbilled lines', async () => {
  const question = { lines: 'billing', currencyCode: 'EUR', period: 'previous' } as const;
  const whole = await all(listUnbilledLineItems(pc, { ...question, pageSize: 2000 }, aCall()));
  expect(whole.length).toBeGreaterThan(3);
  expect(await all(listUnbilledLineItems(pc, { ...question, pageSize: 3 }, aCall()))).toEqual(whole);
});

test('continuation with ids: customers and audit records', async () => {
  const customers = await all(listCustomers(pc, {}, aCall()));
  expect(customers.length).toBeGreaterThan(2);
  expect(await all(listCustomers(pc, { pageSize: 1 }, aCall()))).toEqual(customers);
  for (let order = 0; order < 3; order++) await buy();
  const startDate = new Date(Date.now() - 86_400_000 * 80).toISOString().slice(0, 10);
  const records = await all(listAuditRecords(pc, { startDate }, aCall()));
  expect(records.length).toBeGreaterThan(2);
  expect(await all(listAuditRecords(pc, { startDate, pageSize: 1 }, aCall()))).toEqual(records);
});

test('no paging at all: a bare array', async () => {
  expect(await listWebhookEvents(pc, aCall())).toContain('invoice-ready');
});

test('the lines of an invoice add up to its total', async () => {
  const invoice = await anInvoice('one_time');
  const lines = await all(listInvoiceLineItems(pc, invoice.id, { provider: 'onetime', lines: 'billing' }, aCall()));
  const amounts = lines.flatMap((line) => lineTotal(line)?.amount ?? []);
  expect(amounts).toHaveLength(lines.length);
  expect(sumAmounts(amounts)).toBe(invoice.totalCharges);
});
