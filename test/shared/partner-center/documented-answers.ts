import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Transport } from '#shared/partner-center/http/transport';
import { listAuditRecords } from '#shared/partner-center/resources/audit-records';
import { checkoutCart, createCart, getCart, updateCart } from '#shared/partner-center/resources/carts';
import {
  getAvailability,
  getProduct,
  getSku,
  listAvailabilities,
  listProducts,
  listSkus,
} from '#shared/partner-center/resources/catalogue';
import {
  getAccountValidation,
  getCustomer,
  getOldQualification,
  listCustomers,
  listQualifications,
  setQualification,
} from '#shared/partner-center/resources/customers';
import { getReservationDetails, listEntitlements } from '#shared/partner-center/resources/entitlements';
import { checkInventory } from '#shared/partner-center/resources/inventory';
import {
  getInvoice,
  getInvoiceSummary,
  listEstimateLinks,
  listInvoices,
  listInvoiceSummaries,
} from '#shared/partner-center/resources/invoices';
import { listInvoiceLineItems, listUnbilledLineItems } from '#shared/partner-center/resources/line-items';
import {
  cancelOrder,
  getOrder,
  getProvisioningStatus,
  listActivationLinks,
  listOrders,
} from '#shared/partner-center/resources/orders';
import {
  getRegistrationStatus,
  getSubscription,
  listSubscriptions,
} from '#shared/partner-center/resources/subscriptions';
import {
  createWebhook,
  getTestEvent,
  getWebhook,
  listWebhookEvents,
  replaceWebhook,
  sendTestEvent,
} from '#shared/partner-center/resources/webhooks';
import { aCall } from './client-under-test';

/** A function of the client with an answer in its documented shape, and how the request must look. */
export interface DocumentedAnswer {
  readonly request: string;
  readonly fixture: string;
  readonly read: (pc: Transport) => Promise<unknown>;
}

/** The ids in the fixtures: what answers must be what was asked for. */
const CUSTOMER_ID = '7c1f0a52-91d3-4e0b-9f43-5d2a6c7b8e01';
const CART_ID = '6b1f4f0e-8f43-4a2d-9f6c-0d4b6c1d2e3f';
const ORDER_ID = 'KaJ8XvkKc_GoNZOUyjVaRJalTBN5MWdV1';
const FR = { kind: 'market', country: 'FR' } as const;
const BY_CUSTOMER = { kind: 'customer', customerId: 'c1' } as const;
const CART = { lineItems: [{ catalogItemId: 'a:b:c', quantity: 1, billingCycle: 'monthly' }] };
const WEBHOOK = { webhookUrl: 'https://cartage.example/api/invoice-ready', webhookEvents: ['invoice-ready'] };
const ARTIFACT = {
  uri: '/customers/c1/artifacts/reservedinstance/groups/g1/lineitems/l1/resource/r1',
  method: 'GET',
  headers: [],
};

/** Every function that reads an answer, in the order of the API's chapters. */
export const DOCUMENTED_ANSWERS: readonly DocumentedAnswer[] = [
  row('GET /v1/products?country=FR&targetView=Software', 'products', (pc) =>
    listProducts(pc, FR, 'Software', {}, aCall()),
  ),
  row('GET /v1/products/DG7GMGF0AAA3?country=FR', 'product', (pc) => getProduct(pc, FR, 'DG7GMGF0AAA3', {}, aCall())),
  row('GET /v1/products/p1/skus?country=FR&targetSegment=education', 'skus', (pc) =>
    listSkus(pc, FR, 'p1', { targetSegment: 'education' }, aCall()),
  ),
  row('GET /v1/products/DZH318Z0AAA1/skus/00A2?country=FR&reservationScope=AzurePlan', 'sku', (pc) =>
    getSku(pc, FR, 'DZH318Z0AAA1', '00A2', { reservationScope: 'AzurePlan' }, aCall()),
  ),
  row('GET /v1/products/CFQ7TTC0AAA2/skus/0001/availabilities?country=FR', 'availabilities', (pc) =>
    listAvailabilities(pc, FR, 'CFQ7TTC0AAA2', '0001', {}, aCall()),
  ),
  row('GET /v1/products/DG7GMGF0AAA3/skus/0002/availabilities/DG7GMGF0AAA8?country=FR', 'availability', (pc) =>
    getAvailability(pc, FR, 'DG7GMGF0AAA3', '0002', 'DG7GMGF0AAA8', aCall()),
  ),
  row('GET /v1/customers/c1/products?targetView=Software', 'products', (pc) =>
    listProducts(pc, BY_CUSTOMER, 'Software', {}, aCall()),
  ),
  row('GET /v1/customers/c1/products/DG7GMGF0AAA3', 'product', (pc) =>
    getProduct(pc, BY_CUSTOMER, 'DG7GMGF0AAA3', {}, aCall()),
  ),
  row('GET /v1/customers/c1/products/p1/skus', 'skus', (pc) => listSkus(pc, BY_CUSTOMER, 'p1', {}, aCall())),
  row('GET /v1/customers/c1/products/DZH318Z0AAA1/skus/00A2', 'sku', (pc) =>
    getSku(pc, BY_CUSTOMER, 'DZH318Z0AAA1', '00A2', {}, aCall()),
  ),
  row('GET /v1/customers/c1/products/CFQ7TTC0AAA2/skus/0001/availabilities', 'availabilities', (pc) =>
    listAvailabilities(pc, BY_CUSTOMER, 'CFQ7TTC0AAA2', '0001', {}, aCall()),
  ),
  row('GET /v1/customers/c1/products/DG7GMGF0AAA3/skus/0002/availabilities/DG7GMGF0AAA8', 'availability', (pc) =>
    getAvailability(pc, BY_CUSTOMER, 'DG7GMGF0AAA3', '0002', 'DG7GMGF0AAA8', aCall()),
  ),
  row('POST /v1/extensions/product/checkInventory?country=FR', 'inventory', (pc) =>
    checkInventory(
      pc,
      { country: 'FR', targetItems: [{ productId: 'p1' }], inventoryContext: { customerId: 'c1' } },
      aCall(),
    ),
  ),
  row('POST /v1/customers/c1/carts', 'cart', (pc) => createCart(pc, 'c1', CART, aCall())),
  row('GET /v1/customers/c1/carts/6b1f4f0e-8f43-4a2d-9f6c-0d4b6c1d2e3f', 'cart', (pc) =>
    getCart(pc, 'c1', CART_ID, aCall()),
  ),
  row('PUT /v1/customers/c1/carts/6b1f4f0e-8f43-4a2d-9f6c-0d4b6c1d2e3f', 'cart-updated', (pc) =>
    updateCart(pc, 'c1', CART_ID, CART, aCall()),
  ),
  row('POST /v1/customers/c1/carts/k1/checkout', 'checkout', (pc) => checkoutCart(pc, 'c1', 'k1', aCall())),
  row('GET /v1/customers/c1/orders', 'orders', (pc) => listOrders(pc, 'c1', {}, aCall())),
  row('GET /v1/customers/c1/orders?billingType=OneTime&include_price=true', 'orders', (pc) =>
    listOrders(pc, 'c1', { billingType: 'one_time', includePrice: true }, aCall()),
  ),
  row(
    'GET /v1/customers/7c1f0a52-91d3-4e0b-9f43-5d2a6c7b8e01/orders/KaJ8XvkKc_GoNZOUyjVaRJalTBN5MWdV1?include_price=true',
    'order',
    (pc) => getOrder(pc, CUSTOMER_ID, ORDER_ID, { includePrice: true }, aCall()),
  ),
  row('GET /v1/customers/c1/orders/o1/provisioningstatus', 'provisioning', (pc) =>
    getProvisioningStatus(pc, 'c1', 'o1', aCall()),
  ),
  row('GET /v1/customers/c1/orders/o1/lineitems/0/activationlinks', 'activation-links', (pc) =>
    listActivationLinks(pc, 'c1', 'o1', 0, aCall()),
  ),
  row('GET /v1/customers/c1/orders/o1/activationlinks', 'activation-links', (pc) =>
    listActivationLinks(pc, 'c1', 'o1', undefined, aCall()),
  ),
  row(
    'PATCH /v1/customers/7c1f0a52-91d3-4e0b-9f43-5d2a6c7b8e01/orders/KaJ8XvkKc_GoNZOUyjVaRJalTBN5MWdV1',
    'order',
    (pc) => cancelOrder(pc, CUSTOMER_ID, ORDER_ID, undefined, aCall()),
  ),
  row('GET /v1/customers/c1/entitlements?entitlementType=software&showExpiry=true', 'entitlements', (pc) =>
    listEntitlements(pc, 'c1', { entitlementType: 'software', showExpiry: true }, aCall()),
  ),
  row(`GET /v1${ARTIFACT.uri}`, 'reservation-details', (pc) => getReservationDetails(pc, 'c1', ARTIFACT, aCall())),
  row('GET /v1/customers/c1/subscriptions/EF2E1307-86E6-40E3-A794-872403FBD31C', 'subscription', (pc) =>
    getSubscription(pc, 'c1', 'EF2E1307-86E6-40E3-A794-872403FBD31C', aCall()),
  ),
  row('GET /v1/customers/c1/subscriptions?order_id=o1', 'subscriptions', (pc) =>
    listSubscriptions(pc, 'c1', { orderId: 'o1' }, aCall()),
  ),
  row(
    'GET /v1/customers/c1/subscriptions/c0ffee00-0000-4000-8000-0000000000aa/registrationstatus',
    'registration-status',
    (pc) => getRegistrationStatus(pc, 'c1', 'c0ffee00-0000-4000-8000-0000000000aa', aCall()),
  ),
  row('GET /v1/invoices/summary', 'invoice-summary', (pc) => getInvoiceSummary(pc, aCall())),
  row('GET /v1/invoices/summaries', 'invoice-summaries', (pc) => listInvoiceSummaries(pc, aCall())),
  row('GET /v1/invoices?size=200', 'invoices', (pc) => all(listInvoices(pc, {}, aCall()))),
  row('GET /v1/invoices/G000099001', 'invoice', (pc) => getInvoice(pc, 'G000099001', aCall())),
  row('GET /v1/invoices/estimates/links?currencycode=USD', 'estimate-links', (pc) =>
    listEstimateLinks(pc, 'USD', aCall()),
  ),
  row(
    'GET /v1/invoices/D1/lineitems?provider=office&invoicelineitemtype=billinglineitems&size=250',
    'line-items-license',
    (pc) => all(listInvoiceLineItems(pc, 'D1', { kind: 'license' }, aCall())),
  ),
  row('GET /v1/invoices/D1/lineitems/office/billinglineitems?size=250', 'line-items-license', (pc) =>
    all(listInvoiceLineItems(pc, 'D1', { kind: 'license', form: 'path' }, aCall())),
  ),
  row(
    'GET /v1/invoices/D1/lineitems?provider=azure&invoicelineitemtype=billinglineitems&size=250',
    'line-items-usage',
    (pc) => all(listInvoiceLineItems(pc, 'D1', { kind: 'usage' }, aCall())),
  ),
  row(
    'GET /v1/invoices/D1/lineitems?provider=azure&invoicelineitemtype=usagelineitems&size=250',
    'line-items-daily-usage',
    (pc) => all(listInvoiceLineItems(pc, 'D1', { kind: 'daily_usage' }, aCall())),
  ),
  row(
    'GET /v1/invoices/G1/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&currencycode=USD&size=250',
    'line-items-one-time',
    (pc) => first(listInvoiceLineItems(pc, 'G1', { kind: 'one_time', currencyCode: 'USD' }, aCall()), 2),
  ),
  row(
    'GET /v1/invoices/G1/lineitems?provider=onetime&invoicelineitemtype=usagelineitems&hasPartnerEarnedCredit=true&size=250',
    'line-items-daily-rated-usage',
    (pc) => all(listInvoiceLineItems(pc, 'G1', { kind: 'daily_rated_usage', hasPartnerEarnedCredit: true }, aCall())),
  ),
  row(
    'GET /v1/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&currencycode=USD&period=current&size=250',
    'line-items-one-time',
    (pc) => first(listUnbilledLineItems(pc, { kind: 'one_time', currencyCode: 'USD', period: 'current' }, aCall()), 2),
  ),
  row(
    'GET /v1/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=usagelineitems&currencycode=USD&period=previous&size=250',
    'line-items-daily-rated-usage',
    (pc) =>
      all(listUnbilledLineItems(pc, { kind: 'daily_rated_usage', currencyCode: 'USD', period: 'previous' }, aCall())),
  ),
  row('GET /v1/customers?size=0', 'customers', (pc) => all(listCustomers(pc, {}, aCall()))),
  row('GET /v1/customers/7c1f0a52-91d3-4e0b-9f43-5d2a6c7b8e01', 'customer', (pc) =>
    getCustomer(pc, CUSTOMER_ID, aCall()),
  ),
  row('GET /v1/customers/c1/qualifications', 'qualifications', (pc) => listQualifications(pc, 'c1', aCall())),
  row('POST /v1/customers/c1/qualifications?code=v1', 'qualification-set', (pc) =>
    setQualification(pc, 'c1', { qualification: 'government_community_cloud', validationCode: 'v1' }, aCall()),
  ),
  row('GET /v1/customers/c1/qualification', 'old-qualification', (pc) => getOldQualification(pc, 'c1', aCall())),
  row('GET /v1/customers/c1/validationStatus?type=account', 'account-validation', (pc) =>
    getAccountValidation(pc, 'c1', aCall()),
  ),
  row('GET /v1/auditrecords?startDate=2021-06-01&endDate=2021-06-08', 'audit-records', (pc) =>
    all(listAuditRecords(pc, { startDate: '2021-06-01', endDate: '2021-06-08' }, aCall())),
  ),
  row('GET /webhooks/v1/registration/events', 'webhook-events', (pc) => listWebhookEvents(pc, aCall())),
  row('GET /webhooks/v1/registration', 'webhook', (pc) => getWebhook(pc, aCall())),
  row('POST /webhooks/v1/registration', 'webhook', (pc) => createWebhook(pc, WEBHOOK, aCall())),
  row('PUT /webhooks/v1/registration', 'webhook', (pc) => replaceWebhook(pc, WEBHOOK, aCall())),
  row('POST /webhooks/v1/registration/validationEvents', 'test-event-sent', (pc) => sendTestEvent(pc, aCall())),
  row('GET /webhooks/v1/registration/validationEvents/t1', 'test-event', (pc) => getTestEvent(pc, 't1', aCall())),
];

/** What Partner Center tells to the app + user token only (the page of each says so); everything else takes both. */
export const FOR_USERS_ONLY: readonly string[] = [
  'GET /v1/customers/c1/orders/o1/provisioningstatus',
  'GET /v1/customers/c1/entitlements?entitlementType=software&showExpiry=true',
  `GET /v1${ARTIFACT.uri}`,
  'GET /v1/invoices/summaries',
  'GET /v1/invoices/G000099001',
  'POST /v1/customers/c1/qualifications?code=v1',
  'GET /v1/customers/c1/validationStatus?type=account',
];

/** The bytes of a fixture, as Partner Center would send them. */
export function fixture(name: string): string {
  return readFileSync(join(process.cwd(), 'test/fixtures/partner-center', `${name}.json`), 'utf8');
}

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  return first(items, Infinity);
}

/** The first items only: no further page is asked for. */
export async function first<Item>(items: AsyncIterable<Item>, count: number): Promise<Item[]> {
  const read: Item[] = [];
  for await (const item of items) if (read.push(item) >= count) break;
  return read;
}

function row(request: string, name: string, read: DocumentedAnswer['read']): DocumentedAnswer {
  return { request, fixture: name, read };
}
