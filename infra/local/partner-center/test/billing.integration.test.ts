import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { pdfText } from './support/pdf-text';
import { TestSandbox } from './support/sandbox';
import type { Shopper } from './support/shopper';

let sandbox: TestSandbox;
let shopper: Shopper;
beforeAll(async () => {
  sandbox = await TestSandbox.start();
});
beforeEach(async () => {
  shopper = sandbox.shopper();
  await shopper.control('POST', '/reset');
});
afterAll(() => sandbox.stop());

const documentSchema = z.looseObject({
  id: z.string(),
  invoiceDate: z.string(),
  totalCharges: z.number(),
  currencyCode: z.string(),
  documentType: z.string(),
  invoiceType: z.string(),
});
const invoiceSchema = documentSchema.extend({ amendments: z.array(documentSchema).optional() });
const linkSchema = z.object({ uri: z.string(), headers: z.array(z.object({ key: z.string(), value: z.string() })) });
const pageSchema = z.object({
  totalCount: z.number(),
  continuationToken: z.string().optional(),
  items: z.array(z.looseObject({})),
  links: z.object({ next: linkSchema.optional() }),
});

const invoices = async (query = ''): Promise<z.infer<typeof invoiceSchema>[]> =>
  z.object({ items: z.array(invoiceSchema) }).parse((await shopper.call('GET', `/v1/invoices${query}`)).body).items;

const filtered = (filter: object) => invoices(`?filter=${encodeURIComponent(JSON.stringify(filter))}`);
const page = async (path: string, headers: Record<string, string> = {}) =>
  pageSchema.parse((await shopper.call('GET', path, { headers })).body);

test('the seed has three invoices of the last 60 days, one of them amended', async () => {
  const seeded = await invoices();
  expect(seeded.map((one) => [one.id, one.invoiceType, one.currencyCode])).toEqual([
    ['D02005YFHI', 'Recurring', 'EUR'],
    ['G000024130', 'OneTime', 'EUR'],
    ['G000024135', 'OneTime', 'USD'],
  ]);
  expect(seeded[1]).toMatchObject({ amendments: [{ documentType: 'adjustment_note', amendsOf: 'G000024130' }] });
  const sixtyDaysAgo = Date.now() - 60 * 86_400_000;
  expect(seeded.every((one) => Date.parse(one.invoiceDate) > sixtyDaysAgo)).toBe(true);
});

test('invoices are filtered by date, in any case, and joined by and or or', async () => {
  const [first, second, third] = await invoices();
  const from = { Field: 'InvoiceDate', Value: second?.invoiceDate, Operator: 'greater_than_or_equals' };
  const before = { field: 'invoicedate', value: third?.invoiceDate, operator: 'LessThan' };
  expect((await filtered(from)).map((one) => one.id)).toEqual([second?.id, third?.id]);
  expect((await filtered({ LeftFilter: from, RightFilter: before, Operator: 'and' })).map((one) => one.id)).toEqual([
    second?.id,
  ]);
  expect(await filtered({ LeftFilter: from, RightFilter: before, Operator: 'or' })).toHaveLength(3);
  expect(await filtered({ ...from, Value: first?.invoiceDate, Operator: 'equals' })).toHaveLength(1);
});

test.each([
  '{',
  '{"Field":"Id","Value":"2020-01-01","Operator":"equals"}',
  '{"Field":"InvoiceDate","Value":"x","Operator":"equals"}',
])('the filter %s is refused with 400/800002', async (filter) => {
  const answer = await shopper.call('GET', `/v1/invoices?filter=${encodeURIComponent(filter)}`);
  expect(answer).toMatchObject({ status: 400, body: { code: 800002 } });
});

test('invoices page by size and offset, the next link without a version', async () => {
  const first = await page('/v1/invoices?size=2&offset=0');
  expect(first.totalCount).toBe(2);
  expect(first.links.next?.uri).toBe('/invoices?size=2&offset=2');
  const last = await page(`/v1${first.links.next?.uri ?? ''}`);
  expect(last.items).toMatchObject([{ id: 'G000024135' }]);
  expect(last.links.next).toBeUndefined();
});

test('size and offset can be ignored, as with newer commerce', async () => {
  expect((await page('/v1/invoices?offset=2')).items).toHaveLength(1);
  await shopper.control('POST', '/settings', { invoicePaging: false });
  expect((await page('/v1/invoices?size=1&offset=2')).items).toHaveLength(3);
});

test('an invoice is read under its plain id, its prefixed id, and an amendment under its own', async () => {
  for (const id of ['G000024130', 'OneTime-G000024130', 'G000024131']) {
    const { body } = await shopper.call('GET', `/v1/invoices/${id}`, { kind: 'user' });
    expect(body).toMatchObject({ id: id.replace('OneTime-', ''), billingPeriodStartDate: expect.any(String) });
  }
  const none = await shopper.call('GET', '/v1/invoices/G999999999', { kind: 'user' });
  expect(none).toMatchObject({ status: 404, body: { code: 1000 } });
});

const statement = async (id: string): Promise<Buffer> => {
  const response = await fetch(`${sandbox.base}/v1/invoices/${id}/documents/statement`, {
    headers: { Authorization: `Bearer ${await shopper.token('user')}`, Accept: 'application/pdf' },
  });
  expect(response.headers.get('content-type')).toBe('application/pdf');
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename=Invoice_${id}.pdf`);
  return Buffer.from(await response.arrayBuffer());
};

const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');

test('a statement is a PDF that readers can read, the same bytes every time', async () => {
  const bytes = await statement('G000024135');
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  expect(bytes.toString('latin1').trimEnd().endsWith('%%EOF')).toBe(true);
  const text = pdfText(bytes);
  expect(text).toContain('DO NOT PAY');
  expect(text).toContain('invoice G000024135');
  expect(text).toContain('2076.63 USD');
  expect(sha256(await statement('G000024135'))).toBe(sha256(bytes));
  expect(sha256(await statement('G000024130'))).not.toBe(sha256(bytes));
});

const receipt = (id: string) =>
  shopper.call('GET', `/v1/invoices/G000024135/receipts/${id}/documents/statement`, { kind: 'user' });

const readStatement = (id: string) => shopper.call('GET', `/v1/invoices/${id}/documents/statement`, { kind: 'user' });

test('the statement of a new invoice can be made to come later', async () => {
  await shopper.control('POST', '/settings', { statementDelaySeconds: 11 * 86_400 });
  expect(await readStatement('G000024135')).toMatchObject({ status: 404, body: { code: 1000 } });
  expect((await readStatement('G000024130')).status).toBe(200);
});

test('a receipt exists where the invoice names one', async () => {
  expect((await receipt('123456')).headers['content-disposition']).toBe('attachment; filename=E-Tax-123456.pdf');
  expect(await receipt('1')).toMatchObject({ status: 404, body: { code: 1000 } });
});

/** Hundredths of an amount that comes as a number or as a string. */
const cents = (amount: unknown): number => Math.round(Number(amount) * 100);
const sumOf = (items: readonly Record<string, unknown>[], field: string): number =>
  items.reduce((sum, item) => sum + cents(item[field]), 0);

const KINDS = [
  ['D02005YFHI', 'office', 'BillingLineItems', 'LicenseBasedLineItem'],
  ['D02005YFHI', 'azure', 'billinglineitems', 'UsageBasedLineItem'],
  ['D02005YFHI', 'Azure', 'UsageLineItems', 'DailyUsageLineItem'],
  ['G000024135', 'onetime', 'billinglineitems', 'OneTimeInvoiceLineItem'],
  ['G000024135', 'one_time', 'usagelineitems', 'DailyRatedUsageLineItem'],
] as const;

test.each(KINDS)(
  '%s has line items of %s %s, under both forms of the address',
  async (id, provider, type, objectType) => {
    const byQuery = await page(`/v1/invoices/${id}/lineitems?PROVIDER=${provider}&invoiceLineItemType=${type}`);
    const byPath = await page(`/v1/invoices/${id}/lineitems/${provider}/${type}`);
    expect(byQuery.items).toHaveLength(25);
    expect(byQuery.items[0]).toMatchObject({ attributes: { objectType } });
    expect(byPath.items).toEqual(byQuery.items);
  },
);

test('the lines of an invoice add up to its total', async () => {
  const oneTime = await page('/v1/invoices/G000024135/lineitems?provider=onetime&invoicelineitemtype=billinglineitems');
  expect(sumOf(oneTime.items, 'totalForCustomer')).toBe(207_663);
  const office = await page('/v1/invoices/D02005YFHI/lineitems?provider=office&invoicelineitemtype=billinglineitems');
  const azure = await page('/v1/invoices/D02005YFHI/lineitems?provider=azure&invoicelineitemtype=billinglineitems');
  expect(sumOf(office.items, 'totalForCustomer') + sumOf(azure.items, 'postTaxTotal')).toBe(2_460_635);
});

test('lines mix strings with numbers, plain with prefixed ids, and dates with unset ones', async () => {
  const { items } = await page(
    '/v1/invoices/G000024135/lineitems?provider=onetime&invoicelineitemtype=billinglineitems',
  );
  expect(new Set(items.map((item) => typeof item['quantity']))).toEqual(new Set(['string', 'number']));
  expect(items.some(({ customerId }) => typeof customerId === 'string' && customerId.startsWith('org:'))).toBe(true);
  expect(items.some((item) => item['orderDate'] === '0001-01-01T00:00:00')).toBe(true);
});

test('one-time lines page by token, in the body and in the link’s header, with the documented broken link', async () => {
  const path = '/v1/invoices/G000024135/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&size=10';
  const seen: unknown[] = [];
  let current = await page(path);
  for (; current.continuationToken !== undefined;) {
    seen.push(...current.items);
    expect(current.links.next?.uri).toContain('size=10?seekOperation=Next');
    expect(current.links.next?.headers).toEqual([{ key: 'MS-ContinuationToken', value: current.continuationToken }]);
    // Following the broken link works as well as building a proper one.
    current = await page(`/v1${current.links.next?.uri ?? ''}`, { 'MS-ContinuationToken': current.continuationToken });
  }
  seen.push(...current.items);
  expect(current.links.next).toBeUndefined();
  expect(seen).toEqual((await page(path.replace('&size=10', ''))).items);
});

test('rated usage has its token in the link’s header alone', async () => {
  const first = await page(
    '/v1/invoices/G000024135/lineitems?provider=onetime&invoicelineitemtype=usagelineitems&size=20',
  );
  expect(first.continuationToken).toBeUndefined();
  const [header] = first.links.next?.headers ?? [];
  const second = await page(`/v1${first.links.next?.uri ?? ''}`, { [header?.key ?? '']: header?.value ?? '' });
  expect(second.items).toHaveLength(5);
});

test('legacy lines page by size and offset', async () => {
  const path = '/v1/invoices/D02005YFHI/lineitems?provider=office&invoicelineitemtype=billinglineitems';
  const first = await page(`${path}&size=20&offset=0`);
  const second = await page(`/v1${first.links.next?.uri ?? ''}`);
  expect([...first.items, ...second.items]).toEqual((await page(path)).items);
  expect(second.links.next).toBeUndefined();
});

test.each([
  ['/v1/invoices/G000024135/lineitems', 400, 800002],
  ['/v1/invoices/G000024135/lineitems?provider=office&invoicelineitemtype=usagelineitems', 400, 800002],
  ['/v1/invoices/G0/lineitems?provider=onetime&invoicelineitemtype=usagelineitems', 404, 1000],
  ['/v1/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=usagelineitems', 400, 800002],
  [
    '/v1/invoices/unbilled/lineitems?provider=office&invoicelineitemtype=billinglineitems&currencycode=EUR&period=current',
    400,
    800002,
  ],
  ['/v1/invoices?size=-1', 400, 800002],
  ['/v1/invoices/estimates/links', 400, 800002],
])('GET %s is refused with %i/%i', async (path, status, code) => {
  expect(await shopper.call('GET', path)).toMatchObject({ status, body: { code } });
});

test('unbilled lines have no invoice number, and the estimate links lead to them', async () => {
  const { body } = await shopper.call('GET', '/v1/invoices/estimates/links?currencycode=eur');
  const links = z.object({ items: z.array(z.object({ link: z.object({ uri: z.string() }) })) }).parse(body);
  expect(links.items).toHaveLength(4);
  for (const { link } of links.items) {
    const { items } = await page(`/v1${link.uri}`);
    expect(items[0]).toMatchObject({ invoiceNumber: '' });
  }
});

test('balance and summaries are per currency, with details per kind of invoice', async () => {
  const one = await shopper.call('GET', '/v1/invoices/summary');
  expect(one.body).toMatchObject({
    currencyCode: 'EUR',
    balanceAmount: 24_682.96,
    details: [{ invoiceType: 'Recurring' }, { invoiceType: 'OneTime' }],
  });
  const all = await shopper.call('GET', '/v1/invoices/summaries', { kind: 'user' });
  expect(all.body).toMatchObject({
    totalCount: 2,
    items: [{ currencyCode: 'EUR' }, { currencyCode: 'USD', balanceAmount: 2076.63 }],
  });
});

async function buyEverything(): Promise<void> {
  const cart = await shopper.createCart([
    await shopper.line('DG7GMGF0D5P1', '0001', { quantity: 2 }),
    await shopper.line('DG7GMGF0FSS1', '0002', { termDuration: 'P1Y' }),
    await shopper.line('CFQ7TTC0LH18', '0001', { billingCycle: 'monthly', termDuration: 'P1M', quantity: 3 }),
  ]);
  expect((await shopper.checkout(cart.id)).status).toBe(201);
}

const issuedSchema = z.object({ issued: z.array(z.string()) });
const issueNow = async () => issuedSchema.parse((await shopper.control('POST', '/invoices')).body).issued;

test('orders are billed once, one-time and recurring apart, with lines that add up', async () => {
  await buyEverything();
  const issued = await issueNow();
  expect(issued).toEqual([expect.stringMatching(/^D\w{9}$/), expect.stringMatching(/^G\d{9}$/)]);
  const [recurring = '', oneTime = ''] = issued;
  const totals = new Map((await invoices()).map((one) => [one.id, cents(one.totalCharges)]));
  expect(totals.get(recurring)).toBe(3 * 510);
  expect(totals.get(oneTime)).toBe(2 * 106_900 + 543_401);
  const lines = await page(`/v1/invoices/${oneTime}/lineitems?provider=onetime&invoicelineitemtype=billinglineitems`);
  expect(sumOf(lines.items, 'totalForCustomer')).toBe(totals.get(oneTime));
  const licences = await page(
    `/v1/invoices/${recurring}/lineitems?provider=office&invoicelineitemtype=billinglineitems`,
  );
  expect(sumOf(licences.items, 'totalForCustomer')).toBe(totals.get(recurring));
});

/** Moves the clock to the tenth of the next month: from there 31 days cross the end of exactly one month. */
async function onTheTenth(): Promise<void> {
  const now = new Date();
  const tenth = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 10));
  await shopper.control('POST', '/clock', { now: tenth.toISOString() });
  shopper = sandbox.shopper();
}

/** Lets 31 days pass, and takes a token for the time after. */
async function monthLater(): Promise<void> {
  await shopper.advance(31 * 86_400);
  shopper = sandbox.shopper();
}

const madeOf = async (invoiceType: string): Promise<number> =>
  (await invoices()).slice(3).filter((one) => one.invoiceType === invoiceType).length;

test('nothing is billed twice in a month, whatever was billed in between', async () => {
  await onTheTenth();
  await buyEverything();
  expect(await issueNow()).toHaveLength(2);
  expect(await issueNow()).toEqual([]);
  await monthLater();
  expect(await madeOf('Recurring')).toBe(1);
  await monthLater();
  expect(await madeOf('Recurring')).toBe(2);
  expect(await madeOf('OneTime')).toBe(1);
});

test('invoices are issued at the end of a month: of one-time orders once, of monthly ones every month', async () => {
  await onTheTenth();
  await buyEverything();
  await monthLater();
  await monthLater();
  expect(await madeOf('OneTime')).toBe(1);
  expect(await madeOf('Recurring')).toBe(2);
});

test('what is ordered after the clock was moved back is billed too, once', async () => {
  await onTheTenth();
  await monthLater();
  await invoices();
  await shopper.advance(-31 * 86_400);
  shopper = sandbox.shopper();
  await buyEverything();
  expect(await issueNow()).toHaveLength(2);
  expect(await issueNow()).toEqual([]);
  await monthLater();
  expect(await madeOf('OneTime')).toBe(1);
});

test('cancelling after billing voids the invoice and adjusts it to what is left', async () => {
  await buyEverything();
  const [, oneTime = ''] = await issueNow();
  const [order] = (await shopper.ledger()).orders;
  await shopper.ofCustomer('PATCH', `/orders/${order?.orderId ?? ''}`, {
    body: { id: order?.orderId, status: 'cancelled', lineItems: [{ lineItemNumber: 0 }] },
  });
  const amended = (await invoices()).find((one) => one.id === oneTime);
  expect(amended?.amendments).toMatchObject([
    { documentType: 'void_note', amendsOf: oneTime, totalCharges: -7572.01 },
    { documentType: 'adjustment_note', amendsOf: oneTime, totalCharges: 5434.01 },
  ]);
  for (const note of amended?.amendments ?? []) {
    const lines = await page(`/v1/invoices/${note.id}/lineitems?provider=onetime&invoicelineitemtype=billinglineitems`);
    expect(sumOf(lines.items, 'totalForCustomer')).toBe(cents(note.totalCharges));
  }
});

test('the lines of a void note take back what the invoice charged, recurring or not', async () => {
  await shopper.control('POST', '/settings', { microsoftSandbox: true });
  await buyEverything();
  await issueNow();
  for (const { orderId } of (await shopper.ledger()).orders) {
    await shopper.ofCustomer('PATCH', `/orders/${orderId}`, { body: { status: 'cancelled' } });
  }
  const amended = (await invoices()).slice(3);
  expect(amended.map((one) => one.invoiceType)).toEqual(['Recurring', 'OneTime']);
  for (const { invoiceType, totalCharges, amendments = [] } of amended) {
    const provider = invoiceType === 'Recurring' ? 'office' : 'onetime';
    expect(amendments).toMatchObject([{ documentType: 'void_note', totalCharges: -totalCharges }]);
    const { items } = await page(`/v1/invoices/${amendments[0]?.id ?? ''}/lineitems/${provider}/billinglineitems`);
    expect(sumOf(items, 'totalForCustomer')).toBe(-cents(totalCharges));
  }
});

test('a hundred thousand lines come in one answer, all of them', async () => {
  await shopper.control('POST', '/settings', { lineItems: 100_000 });
  const path = '/v1/invoices/D02005YFHI/lineitems/office/billinglineitems';
  const { body } = await shopper.call('GET', path, { headers: { 'Accept-Encoding': 'identity' } });
  const linesSchema = z.object({ totalCount: z.number(), items: z.array(z.object({ totalForCustomer: z.number() })) });
  const all = linesSchema.parse(body);
  expect([all.totalCount, all.items.length]).toEqual([100_000, 100_000]);
  expect(sumOf(all.items, 'totalForCustomer')).toBe(Math.floor(2_460_635 / 2));
});
