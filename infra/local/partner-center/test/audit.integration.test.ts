import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { TestSandbox } from './support/sandbox';
import { CONTOSO, FABRIKAM, type Shopper } from './support/shopper';

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

const pageSchema = z.object({
  continuationToken: z.string().optional(),
  items: z.array(z.looseObject({ operationType: z.string(), resourceNewValue: z.string() })),
});
const page = async (query = '', headers: Record<string, string> = {}) =>
  pageSchema.parse((await shopper.call('GET', `/v1/auditrecords?${query}`, { headers })).body);
const operations = async (query = ''): Promise<string[]> => (await page(query)).items.map((one) => one.operationType);
const filter = (Field: string, Value: string): string =>
  `filter=${encodeURIComponent(JSON.stringify({ Field, Value, Operator: 'equals' }))}`;

async function buy(by = shopper): Promise<string> {
  const cart = await by.createCart([await by.line('DG7GMGF0D5P1', '0001')]);
  await by.ofCustomer('POST', `/carts/${cart.id}/checkout`, { headers: { 'MS-CorrelationId': 'bought' } });
  return (await by.ledger()).orders.at(-1)?.orderId ?? '';
}

/** An order, its cancellation after it was billed, and a qualification. */
async function lead(): Promise<string> {
  const id = await buy();
  await shopper.control('POST', '/invoices');
  const headers = { 'MS-CorrelationId': 'cancelled' };
  await shopper.ofCustomer('PATCH', `/orders/${id}`, { body: { id, status: 'cancelled' }, headers });
  await shopper.ofCustomer('POST', '/qualifications', { kind: 'user', body: { Qualification: 'Education' } });
  return id;
}

test('every change leaves a record: orders, cancellations, invoices and their amendments, qualifications', async () => {
  const id = await lead();
  const { items } = await page();
  const order = {
    resourceType: 'order',
    customerId: CONTOSO,
    customerName: 'Contoso GmbH',
    operationStatus: 'succeeded',
  };
  const invoice = {
    operationType: 'ready_invoice',
    resourceType: 'invoice',
    originalCorrelationId: expect.any(String),
  };
  expect(items).toMatchObject([
    { ...order, operationType: 'create_order', originalCorrelationId: 'bought' },
    invoice,
    invoice,
    { ...order, operationType: 'update_order', originalCorrelationId: 'cancelled' },
    { operationType: 'update_customer_qualification', userPrincipalName: 'admin.agent@partner.example.com' },
  ]);
  expect(items[0]?.['customizedData']).toEqual(
    expect.arrayContaining([
      { key: 'OrderId', value: id },
      { key: 'BillingCycle', value: 'one_time' },
      { key: 'Quantity-0', value: '1' },
    ]),
  );
  expect(JSON.parse(items[0]?.resourceNewValue ?? '')).toMatchObject({ Id: id });
  expect(JSON.parse(items[1]?.resourceNewValue ?? '')).toMatchObject({
    InvoiceType: 'OneTime',
    TotalCharges: 1069,
    Amendments: [],
  });
  expect(JSON.parse(items[2]?.resourceNewValue ?? '')).toMatchObject({ Amendments: [expect.any(String)] });
});

test('an invoice issued at the end of a month leaves a record too, though no call asked for it', async () => {
  await buy();
  const now = new Date();
  const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 2));
  await shopper.control('POST', '/clock', { now: next.toISOString() });
  shopper = sandbox.shopper();
  await shopper.call('GET', '/v1/invoices');
  expect(await operations(`startDate=${next.toISOString().slice(0, 10)}`)).toContain('ready_invoice');
});

test('records are found by customer, part of the company name and resource type', async () => {
  await lead();
  await buy(sandbox.shopper(FABRIKAM));
  expect(await operations(filter('CustomerId', FABRIKAM.toUpperCase()))).toEqual(['create_order']);
  expect(await operations(filter('CompanyName', 'TOSO'))).toEqual([
    'create_order',
    'update_order',
    'update_customer_qualification',
  ]);
  expect(await operations(filter('ResourceType', 'Invoice'))).toEqual(['ready_invoice', 'ready_invoice']);
});

test('records page by token, and the last page has none', async () => {
  await lead();
  const whole = await page();
  const pages = [await page('size=2')];
  for (let token = pages[0]?.continuationToken; token !== undefined; token = pages.at(-1)?.continuationToken) {
    pages.push(await page('size=2&seekOperation=Next', { 'MS-ContinuationToken': token }));
  }
  expect(pages).toHaveLength(3);
  expect(pages.flatMap(({ items }) => items)).toEqual(whole.items);
});

const day = (fromNow: number): string => new Date(Date.now() + fromNow * 86_400_000).toISOString().slice(0, 10);

test('the window is 30 days by default, at most 90 days back, both days included', async () => {
  await buy();
  expect(await operations(`startDate=${day(0)}&endDate=${day(0)}`)).toEqual(['create_order']);
  await shopper.advance(31 * 86_400);
  shopper = sandbox.shopper();
  expect(await operations()).not.toContain('create_order');
  expect(await operations(`startDate=${day(-1)}`)).toContain('create_order');
});

test.each([
  'startDate=2020-01-01',
  'startDate=tomorrow',
  `startDate=${day(0)}&endDate=${day(-2)}`,
  'filter={',
  filter('Colour', 'red'),
])('records are refused with 400/800002 when asked for with %s', async (query) => {
  const answer = await shopper.call('GET', `/v1/auditrecords?${query}`);
  expect(answer).toMatchObject({ status: 400, body: { code: 800002 } });
});
