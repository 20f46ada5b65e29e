import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@cartage/stack/eventually';
import { sumAmounts } from '#shared/domain/amount';
import type { Transport } from '#shared/partner-center/http/transport';
import { listAuditRecords, type AuditQuestion } from '#shared/partner-center/resources/audit-records';
import { checkoutCart, createCart } from '#shared/partner-center/resources/carts';
import {
  getAccountValidation,
  getCustomer,
  getOldQualification,
  listCustomers,
  listQualifications,
  setQualification,
} from '#shared/partner-center/resources/customers';
import {
  downloadReceipt,
  downloadStatement,
  getInvoice,
  getInvoiceSummary,
  listEstimateLinks,
  listInvoices,
  listInvoiceSummaries,
  type InvoiceWindow,
  type PdfDownload,
} from '#shared/partner-center/resources/invoices';
import {
  listInvoiceLineItems,
  listUnbilledLineItems,
  type UnbilledQuestion,
} from '#shared/partner-center/resources/line-items';
import {
  createWebhook,
  getTestEvent,
  getWebhook,
  listWebhookEvents,
  replaceWebhook,
  sendTestEvent,
} from '#shared/partner-center/resources/webhooks';
import type { LineItem } from '#shared/partner-center/schema/line-item-schemas';
import { respond, startScriptedServer } from '#test/shared/partner-center/scripted-server';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { aCall, all, CONTOSO, FABRIKAM, only } from './client-of-sandbox';
import { lineFor } from './shop';

let sandbox: TestSandbox;
let pc: Transport;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  pc = sandbox.partnerCenter;
});
afterAll(() => sandbox.stop());

async function bytesOf({ body }: PdfDownload): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

describe('customers', () => {
  test('one by id has a country, the list has all of them without', async () => {
    expect(await getCustomer(pc, CONTOSO, aCall())).toMatchObject({
      id: CONTOSO,
      companyName: 'Contoso GmbH',
      country: 'DE',
      relationshipToPartner: 'reseller',
    });
    const listed = await all(listCustomers(pc, {}, aCall()));
    expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining([CONTOSO, FABRIKAM]));
    expect(listed.find(({ id }) => id === CONTOSO)).toMatchObject({ companyName: 'Contoso GmbH', country: undefined });
  });

  test('a filter finds by the beginning of the name', async () => {
    const found = await all(listCustomers(pc, { filter: { field: 'CompanyName', startsWith: 'Fab' } }, aCall()));
    expect(found.map(({ id }) => id)).toEqual([FABRIKAM]);
  });

  test('qualifications are set and read, in both forms', async () => {
    expect(await listQualifications(pc, FABRIKAM, aCall())).toEqual([]);
    expect(await getOldQualification(pc, FABRIKAM, aCall())).toBe('none');
    const wanted = { qualification: 'government_community_cloud', validationCode: 'code-1' } as const;
    const set = await setQualification(pc, FABRIKAM, wanted, aCall());
    expect(set).toMatchObject({ qualification: 'government_community_cloud', vettingStatus: 'in_review' });
    expect(set.vettingCreatedDate).toBeDefined();
    expect(await listQualifications(pc, FABRIKAM, aCall())).toEqual([set]);
    expect(await getOldQualification(pc, FABRIKAM, aCall())).toBe('government_community_cloud');
  });

  test('an account has no validation, or one with a status', async () => {
    expect(await getAccountValidation(pc, FABRIKAM, aCall())).toBeUndefined();
    await sandbox.control(`/sandbox/customers/${FABRIKAM}`, { validationStatus: 'UnderReview' });
    expect(await getAccountValidation(pc, FABRIKAM, aCall())).toMatchObject({
      type: 'account',
      status: 'under_review',
    });
  });
});

describe('invoices', () => {
  test('the list has amendments, and every invoice is read by id', async () => {
    const invoices = await all(listInvoices(pc, {}, aCall()));
    expect(invoices.find(({ id }) => id === 'G000024130')).toMatchObject({
      documentType: 'void_note',
      amendments: [{ documentType: 'adjustment_note', amendsOf: 'G000024130' }],
    });
    for (const { id, totalCharges, currencyCode } of invoices) {
      expect(await getInvoice(pc, id, aCall())).toMatchObject({ id, totalCharges, currencyCode });
    }
  });

  test('a window of dates bounds the list on both sides, whole days included', async () => {
    const days = (await all(listInvoices(pc, {}, aCall()))).map(({ invoiceDate = '' }) => invoiceDate.slice(0, 10));
    const [first = '', second = '', third = ''] = days.toSorted();
    expect(days).toHaveLength(3);
    const listed = async (window: InvoiceWindow) =>
      (await all(listInvoices(pc, window, aCall()))).map(({ invoiceDate }) => invoiceDate?.slice(0, 10));
    expect(await listed({ from: second })).toEqual([second, third]);
    expect(await listed({ to: second })).toEqual([first, second]);
    expect(await listed({ from: second, to: second })).toEqual([second]);
    expect(await listed({ from: third, to: first })).toEqual([]);
  });

  test('statements are PDFs of the announced length, the same bytes every time', async () => {
    for (const id of ['D02005YFHI', 'G000024130', 'G000024131', 'G000024135']) {
      const pdf = await downloadStatement(pc, id, aCall());
      expect(pdf.contentType).toBe('application/pdf');
      const bytes = await bytesOf(pdf);
      expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
      expect(bytes).toHaveLength(pdf.contentLength ?? -1);
      expect(await bytesOf(await downloadStatement(pc, id, aCall()))).toEqual(bytes);
    }
  });

  test('a tax receipt is a PDF too', async () => {
    const { id, taxReceiptIds } = await getInvoice(pc, 'G000024135', aCall());
    const pdf = await downloadReceipt(pc, id, only(taxReceiptIds), aCall());
    expect((await bytesOf(pdf)).subarray(0, 5).toString()).toBe('%PDF-');
  });

  test('the balance comes in one currency and in all', async () => {
    const balance = await getInvoiceSummary(pc, aCall());
    const parts = balance.details.map(({ summary }) => summary.balanceAmount);
    expect(parts).toHaveLength(2);
    expect(sumAmounts(parts)).toBe(balance.balanceAmount);
    const balances = await listInvoiceSummaries(pc, aCall());
    expect(balances.map(({ currencyCode }) => currencyCode)).toEqual(['EUR', 'USD']);
    expect(balances[0]).toEqual(balance);
  });

  test.each<[what: string, invoice: string, kind: LineItem['kind']]>([
    ['licences', 'D02005YFHI', 'license'],
    ['Azure billing', 'D02005YFHI', 'usage'],
    ['Azure usage', 'D02005YFHI', 'daily_usage'],
    ['modern billing', 'G000024135', 'one_time'],
    ['modern usage', 'G000024135', 'daily_rated_usage'],
  ])('line items of %s come in their shape, the same by query and by path', async (_what, invoice, kind) => {
    const lines = await all(listInvoiceLineItems(pc, invoice, { kind }, aCall()));
    expect(lines.map((line) => line.kind)).toEqual(Array.from({ length: 25 }, () => kind));
    expect(await all(listInvoiceLineItems(pc, invoice, { kind, form: 'path' }, aCall()))).toEqual(lines);
  });

  test('modern usage can be asked for with or without partner earned credit', async () => {
    const credited = async (hasPartnerEarnedCredit: boolean) => {
      const question = { kind: 'daily_rated_usage', hasPartnerEarnedCredit } as const;
      const lines = await all(listInvoiceLineItems(pc, 'G000024135', question, aCall()));
      return lines.map((line) => line.kind === 'daily_rated_usage' && line.hasPartnerEarnedCredit);
    };
    expect(await credited(true)).toEqual(Array.from({ length: 12 }, () => true));
    expect(await credited(false)).toEqual(Array.from({ length: 13 }, () => false));
  });

  test.each<[kind: UnbilledQuestion['kind'], period: UnbilledQuestion['period']]>([
    ['one_time', 'current'],
    ['one_time', 'previous'],
    ['daily_rated_usage', 'current'],
    ['daily_rated_usage', 'previous'],
  ])('unbilled %s lines of the %s period come in their shape and currency', async (kind, period) => {
    const found = await all(listUnbilledLineItems(pc, { kind, currencyCode: 'EUR', period }, aCall()));
    const shapes = found.map((line) => [line.kind, line.kind === 'one_time' ? line.currency : currencyOf(line)]);
    expect(shapes).toEqual(Array.from({ length: 25 }, () => [kind, 'EUR']));
  });

  test('there are links to the unbilled lines of a currency', async () => {
    const links = await listEstimateLinks(pc, 'EUR', aCall());
    expect(links.map(({ type, period }) => `${type} ${period}`).toSorted()).toEqual([
      'daily_rated_usage current',
      'daily_rated_usage previous',
      'non_consumption current',
      'non_consumption previous',
    ]);
  });
});

function currencyOf(line: LineItem): string | undefined {
  return line.kind === 'daily_rated_usage' ? line.billingCurrency : undefined;
}

describe('audit records and webhooks', () => {
  test('an order leaves an audit record with the correlation id of its checkout', async () => {
    const cart = await createCart(
      pc,
      CONTOSO,
      { lineItems: [await lineFor(pc, CONTOSO, 'DG7GMGF0D5P1', '0001')] },
      aCall(),
    );
    const call = aCall();
    const { orders } = await checkoutCart(pc, CONTOSO, cart.id, call);
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
    const found = async (question: Omit<AuditQuestion, 'startDate'>) =>
      (await all(listAuditRecords(pc, { startDate: daysAgo(30), ...question }, aCall()))).filter(
        ({ originalCorrelationId }) => originalCorrelationId === call.correlationId,
      );
    const filters = (customerId: string, companyName: string, resourceType: string) =>
      [
        { kind: 'customer', customerId },
        { kind: 'company', companyName },
        { kind: 'resource-type', resourceType },
      ] as const;
    const record = only(await found({}));
    expect(record).toMatchObject({ operationType: 'create_order', customerId: CONTOSO, operationStatus: 'succeeded' });
    expect(record.customizedData).toContainEqual({ key: 'OrderId', value: only(orders).id });
    for (const filter of filters(CONTOSO, 'Contoso', 'Order')) {
      expect(await found({ filter })).toEqual([record]);
    }
    for (const filter of filters(FABRIKAM, 'Fabrikam', 'Customer')) {
      expect(await found({ filter })).toEqual([]);
    }
    expect(await found({ endDate: daysAgo(1) })).toEqual([]);
  });

  test('a webhook is registered once and then replaced, and a test event arrives', async () => {
    const receiver = await startScriptedServer(respond(200, undefined));
    const wanted = {
      webhookUrl: `${receiver.origin}/api/invoice-ready`,
      webhookEvents: ['invoice-ready', 'test-created'],
    };
    expect(await listWebhookEvents(pc, aCall())).toEqual(expect.arrayContaining(wanted.webhookEvents));
    expect(await getWebhook(pc, aCall())).toBeUndefined();
    expect(await createWebhook(pc, wanted, aCall())).toMatchObject(wanted);
    await expect(createWebhook(pc, wanted, aCall())).rejects.toMatchObject({ status: 409 });
    await replaceWebhook(pc, { ...wanted, signatureTokenToMsSignatureHeader: true }, aCall());
    expect(await getWebhook(pc, aCall())).toMatchObject({ ...wanted, signatureTokenToMsSignatureHeader: true });
    const event = await sendTestEvent(pc, aCall());
    const isDelivered = async () => (await getTestEvent(pc, event, aCall())).status === 'completed';
    await eventually('the test event is delivered', isDelivered);
    expect(await getTestEvent(pc, event, aCall())).toMatchObject({
      correlationId: event,
      callbackUrl: wanted.webhookUrl,
      results: [{ responseCode: '200', systemError: false }],
    });
    expect(receiver.seen.map(({ path, headers }) => [path, headers['x-ms-signature'] !== undefined])).toEqual([
      ['/api/invoice-ready', true],
    ]);
    await receiver.close();
  });
});

/** What the tests above are to call, in the order of the API's documentation. */
const ENDPOINTS = [
  'GET /v1/invoices/summary',
  'GET /v1/invoices/summaries',
  'GET /v1/invoices',
  'GET /v1/invoices/{invoiceId}',
  'GET /v1/invoices/{invoiceId}/lineitems',
  'GET /v1/invoices/{invoiceId}/lineitems/{provider}/{lineItemType}',
  'GET /v1/invoices/unbilled/lineitems',
  'GET /v1/invoices/{invoiceId}/documents/statement',
  'GET /v1/invoices/{invoiceId}/receipts/{receiptId}/documents/statement',
  'GET /v1/invoices/estimates/links',
  'GET /v1/customers',
  'GET /v1/customers/{customerId}',
  'GET /v1/customers/{customerId}/qualifications',
  'POST /v1/customers/{customerId}/qualifications',
  'GET /v1/customers/{customerId}/qualification',
  'GET /v1/customers/{customerId}/validationStatus',
  'GET /v1/auditrecords',
  'GET /webhooks/v1/registration/events',
  'GET /webhooks/v1/registration',
  'POST /webhooks/v1/registration',
  'PUT /webhooks/v1/registration',
  'POST /webhooks/v1/registration/validationEvents',
  'GET /webhooks/v1/registration/validationEvents/{correlationId}',
];

test('the tests above called every endpoint', async () => {
  expect(Object.keys(await sandbox.calls())).toEqual(expect.arrayContaining(ENDPOINTS));
});
