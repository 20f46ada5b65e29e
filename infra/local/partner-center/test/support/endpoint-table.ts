import { expect } from '@jest/globals';
import { FABRIKAM } from './shopper';

/** Relative, without a version. */
const link = { uri: expect.stringMatching(/^\/(?!v1)/), method: 'GET', headers: expect.any(Array) };
const text = expect.any(String);
const number = expect.any(Number);
/** At least this shape. */
const like = (shape: object): unknown =>
  expect.objectContaining(
    Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, isShape(value) ? like(value) : value])),
  );
const isShape = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('asymmetricMatch' in value);
const listOf = (item: object) => ({
  totalCount: number,
  items: expect.arrayContaining([like(item)]),
  attributes: { objectType: 'Collection' },
});

const product = {
  id: text,
  title: text,
  description: text,
  productType: { id: 'OnlineServicesNCE', displayName: text },
};
const sku = { id: '0001', productId: text, minimumQuantity: 1, supportedBillingCycles: ['monthly', 'annual'] };
const availability = { id: text, catalogItemId: text, defaultCurrency: { code: 'USD', symbol: '$' }, country: 'US' };
const cart = { id: text, status: 'Active', expirationTimestamp: text, attributes: { objectType: 'Cart' } };
const order = { id: text, alternateId: text, referenceCustomerId: FABRIKAM, attributes: { objectType: 'Order' } };
const activation = { lineItemNumber: 0, link: { uri: text, method: 'GET', headers: [] } };
const provisioned = { lineItemNumber: 0, status: 'Fulfilled', quantityProvisioningInformation: expect.any(Array) };
const software = { entitlementType: 'software', productId: text, referenceOrder: { id: text, lineItemId: '0' } };
const reservation = { reservationId: text, scopeType: 'Shared', quantity: 1, provisioningState: 'Created' };
const subscription = { id: text, offerId: text, status: 'active', attributes: { objectType: 'Subscription' } };
const summary = { balanceAmount: number, currencyCode: text, details: expect.any(Array), links: { self: link } };
const invoice = { id: 'G000024135', totalCharges: number, documentType: 'invoice', invoiceType: 'OneTime' };
const lineOf = (objectType: string) => listOf({ attributes: { objectType } });
const estimate = { type: text, title: text, description: text, period: 'Current', link };
const customer = { id: FABRIKAM, companyProfile: { tenantId: FABRIKAM }, relationshipToPartner: 'reseller' };
const audit = { operationType: 'create_order', resourceType: 'order', originalCorrelationId: text };
const registration = { webhookUrl: text, webhookEvents: ['test-created'], subscriberId: text };
const page = { continuationToken: text, links: { next: { headers: [{ key: 'MS-ContinuationToken' }] } } };
const pdf = expect.stringMatching(/^%PDF-/);

const skus = '/products/CFQ7TTC0LH18/skus';
const lines = (id: string, provider: string, kind: string): string =>
  `/invoices/${id}/lineitems?provider=${provider}&invoicelineitemtype=${kind}`;
const unbilled = (kind: string): string =>
  `/invoices/unbilled/lineitems?provider=onetime&invoicelineitemtype=${kind}&currencycode=usd&period=previous`;

/** Whose token is accepted: an application's and a user's, or only a user's. */
type Kinds = 'any' | 'user';
type Read = readonly [endpoint: string, kinds: Kinds, path: string, body: unknown];
type Write = readonly [endpoint: string, kinds: Kinds, method: string, path: string, body: unknown, answer: object];

/** The Azure subscription of this customer, registered for reservations. */
export const FABRIKAM_AZURE = 'c0ffee00-0000-4000-8000-000000000002';

/** What is read: paths below /v1 (or whole), with names in braces for what a test has to fill in, and what comes back. */
export const READS: readonly Read[] = [
  ['products', 'any', '/products?country=US&targetView=OnlineServices', listOf(product)],
  ['product', 'any', '/products/CFQ7TTC0LH18?country=us', product],
  ['SKUs', 'any', `${skus}?country=US&targetSegment=commercial`, listOf(sku)],
  ['SKU', 'any', `${skus}/0001?country=US`, { ...sku, links: { availabilities: link, self: link } }],
  ['availabilities', 'any', `${skus}/0001/availabilities?country=US`, listOf(availability)],
  ['availability', 'any', `${skus}/0001/availabilities/{aid}?country=US`, availability],
  ['products of a customer', 'any', '/customers/{cid}/products?targetView=onlineservices', listOf(product)],
  ['product of a customer', 'any', '/customers/{cid}/products/CFQ7TTC0LH18', product],
  ['SKUs of a customer', 'any', `/customers/{cid}${skus}`, listOf(sku)],
  ['SKU of a customer', 'any', `/customers/{cid}${skus}/0001`, sku],
  ['availabilities of a customer', 'any', `/customers/{cid}${skus}/0001/availabilities`, listOf(availability)],
  ['availability of a customer', 'any', `/customers/{cid}${skus}/0001/availabilities/{aid}`, availability],
  ['cart', 'any', '/customers/{cid}/carts/{cart}', cart],
  ['orders', 'any', '/customers/{cid}/orders?include_price=True', listOf({ ...order, totalPrice: number })],
  ['orders by billing cycle', 'any', '/customers/{cid}/orders?billingType=onetime', listOf(order)],
  ['order', 'any', '/customers/{cid}/orders/{saasOrder}', order],
  ['provisioning', 'user', '/customers/{cid}/orders/{saasOrder}/provisioningstatus', listOf(provisioned)],
  ['links of a line', 'any', '/customers/{cid}/orders/{saasOrder}/lineitems/0/activationlinks', listOf(activation)],
  ['links of an order', 'any', '/customers/{cid}/orders/{saasOrder}/activationlinks', listOf(activation)],
  ['entitlements', 'user', '/customers/{cid}/entitlements', listOf(software)],
  ['reservations', 'user', '/customers/{cid}/entitlements?entitlementType=reservedinstance', listOf({ skuId: '00B1' })],
  ['reservation', 'user', '{details}', { type: 'reservedinstance', reservations: [reservation] }],
  ['reservation, old form', 'user', '{oldDetails}', { virtualMachineReservations: [reservation] }],
  [
    'registration',
    'any',
    `/customers/{cid}/subscriptions/${FABRIKAM_AZURE}/registrationstatus`,
    { subscriptionId: FABRIKAM_AZURE, status: 'registered' },
  ],
  ['subscription', 'any', `/customers/{cid}/subscriptions/${FABRIKAM_AZURE}`, subscription],
  ['subscriptions of an order', 'any', '/customers/{cid}/subscriptions?order_id={saasOrder}', listOf(subscription)],
  ['balance', 'any', '/invoices/summary', summary],
  ['balances', 'user', '/invoices/summaries', listOf(summary)],
  ['invoices', 'any', '/invoices?size=2&offset=1', listOf(invoice)],
  [
    'invoice',
    'user',
    '/invoices/OneTime-G000024135',
    { ...invoice, billingPeriodStartDate: text, pdfDownloadLink: text },
  ],
  ['licences', 'any', lines('Recurring-D02005YFHI', 'office', 'billinglineitems'), lineOf('LicenseBasedLineItem')],
  ['usage', 'any', lines('D02005YFHI', 'azure', 'billinglineitems'), lineOf('UsageBasedLineItem')],
  ['daily usage', 'any', lines('D02005YFHI', 'azure', 'usagelineitems'), lineOf('DailyUsageLineItem')],
  ['one-time', 'any', lines('G000024135', 'onetime', 'billinglineitems'), lineOf('OneTimeInvoiceLineItem')],
  ['rated usage', 'any', lines('G000024135', 'onetime', 'usagelineitems'), lineOf('DailyRatedUsageLineItem')],
  ['a page', 'any', `${lines('G000024135', 'onetime', 'billinglineitems')}&size=3`, page],
  ['path form', 'any', '/invoices/G000024135/lineitems/OneTime/BillingLineItems?size=3', page],
  [
    'path form, older commerce',
    'any',
    '/invoices/D02005YFHI/lineitems/Azure/UsageLineItems',
    lineOf('DailyUsageLineItem'),
  ],
  ['unbilled', 'any', unbilled('billinglineitems'), lineOf('OneTimeInvoiceLineItem')],
  ['unbilled usage', 'any', unbilled('usagelineitems'), lineOf('DailyRatedUsageLineItem')],
  ['statement', 'user', '/invoices/G000024135/documents/statement', pdf],
  ['receipt', 'user', '/invoices/G000024135/receipts/123456/documents/statement', pdf],
  ['estimates', 'any', '/invoices/estimates/links?currencycode=usd', listOf(estimate)],
  ['customers', 'any', '/customers?size=40', listOf(customer)],
  ['customer', 'any', '/customers/{cid}', { ...customer, billingProfile: { defaultAddress: { country: 'US' } } }],
  ['qualifications', 'any', '/customers/{cid}/qualifications', []],
  ['qualification', 'any', '/customers/{cid}/qualification', 'none'],
  [
    'validation',
    'user',
    '/customers/{cid}/validationStatus?type=account',
    { type: 'account', status: 'Allowed', lastUpdateDateTime: text },
  ],
  ['audit records', 'any', '/auditrecords', listOf(audit)],
  ['audit records, a page', 'any', '/auditrecords?size=1', page],
  [
    'webhook events',
    'any',
    '/webhooks/v1/registration/events',
    ['test-created', 'invoice-ready', 'subscription-updated'],
  ],
  ['webhook registration', 'any', '/webhooks/v1/registration', registration],
  [
    'webhook test event',
    'any',
    '/webhooks/v1/registration/validationEvents/test',
    { correlationId: 'test', partnerId: text, status: text, callbackUrl: text, results: expect.any(Array) },
  ],
];

const lineItems = [{ catalogItemId: 'MS-AZR-0145P', quantity: 1, billingCycle: 'Monthly' }];
const targetItems = [{ ProductId: 'DZH318Z0RST1', SkuId: '0001' }];
const inventory = { TargetItems: targetItems, InventoryContext: { customerId: FABRIKAM } };
const restricted = {
  productId: 'DZH318Z0RST1',
  isRestricted: true,
  restrictions: [{ reasonCode: text, properties: {} }],
};
const result = { orders: [order], attributes: { objectType: 'CartCheckoutResult' } };
const qualified = { qualification: 'Education', vettingStatus: 'InReview', vettingCreateDate: text };
const webhook = { WebhookUrl: 'http://127.0.0.1:1/', WebhookEvents: ['test-created'] };

/** What is written, in an order that works, and the whole answer. */
export const WRITES: readonly Write[] = [
  [
    'inventory',
    'any',
    'POST',
    '/extensions/product/checkInventory?country=US',
    inventory,
    { status: 200, body: [restricted] },
  ],
  ['cart', 'any', 'POST', '/customers/{cid}/carts', { LineItems: lineItems }, { status: 201, body: cart }],
  ['cart', 'any', 'PUT', '/customers/{cid}/carts/{cart}/', { lineItems }, { status: 201, body: cart }],
  ['checkout', 'any', 'POST', '/customers/{cid}/carts/{cart}/checkout', undefined, { status: 201, body: result }],
  [
    'checkout, as the .NET SDK',
    'any',
    'POST',
    '/customers/{cid}/carts/{cart}/checkout',
    'success',
    { status: 201, body: result },
  ],
  [
    'cancel',
    'any',
    'PATCH',
    '/customers/{cid}/orders/{softwareOrder}',
    { status: 'cancelled' },
    { status: 200, body: { ...order, status: 'cancelled' } },
  ],
  [
    'register',
    'any',
    'POST',
    `/customers/{cid}/subscriptions/${FABRIKAM_AZURE}/registrations`,
    undefined,
    {
      status: 202,
      body: undefined,
      headers: { location: expect.stringMatching(/^\/customers\/.+\/registrationstatus$/) },
    },
  ],
  [
    'qualify',
    'user',
    'POST',
    '/customers/{cid}/qualifications?code=x',
    { Qualification: 'Education' },
    { status: 201, body: qualified },
  ],
  ['webhook, a second', 'any', 'POST', '/webhooks/v1/registration', webhook, { status: 409 }],
  ['webhook', 'any', 'PUT', '/webhooks/v1/registration', webhook, { status: 200, body: registration }],
  [
    'webhook test',
    'any',
    'POST',
    '/webhooks/v1/registration/validationEvents',
    undefined,
    { status: 200, body: { correlationId: text } },
  ],
];
