import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startClientUnderTest, tokenAnswer, type ClientUnderTest } from './client-under-test';
import { DOCUMENTED_ANSWERS, fixture, FOR_USERS_ONLY } from './documented-answers';
import { respond } from './scripted-server';

let client: ClientUnderTest;
beforeAll(async () => {
  client = await startClientUnderTest();
  client.answerSignIn((seen, response) => {
    const kind = new URLSearchParams(seen.body).get('grant_type') === 'refresh_token' ? 'user' : 'app';
    respond(200, tokenAnswer({ access_token: `${kind}-token` }))(seen, response);
  });
});
afterAll(() => client.close());

async function read(request: string): Promise<unknown> {
  const documented = DOCUMENTED_ANSWERS.find((each) => each.request === request);
  if (documented === undefined) throw new Error(`no documented answer for ${request}`);
  client.answer(respond(200, fixture(documented.fixture)));
  client.server.seen.length = 0;
  return documented.read(client.pc);
}

test.each(DOCUMENTED_ANSWERS.map(({ request }) => request))(
  '%s is asked for like this, with the token it needs, and its answer is understood',
  async (request) => {
    const kind = FOR_USERS_ONLY.includes(request) ? 'user' : 'app';
    expect(await read(request)).toBeDefined();
    const seen = client.server.seen.filter(({ path }) => !path.includes('/oauth2/'));
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([request]);
    expect(seen[0]?.headers.authorization).toBe(`Bearer ${kind}-token`);
  },
);

test("a customer's country is where the bills go, else where the company is", async () => {
  expect(await read('GET /v1/customers/7c1f0a52-91d3-4e0b-9f43-5d2a6c7b8e01')).toMatchObject({
    country: 'FR',
    companyName: 'Proseware S.A.',
    relationshipToPartner: 'reseller',
  });
  expect(await read('GET /v1/customers?size=0')).toMatchObject([{ country: undefined }]);
});

test('prerequisites, variables and billing cycles come in one spelling, new words included', async () => {
  expect(await read('GET /v1/products/DZH318Z0AAA1/skus/00A2?country=FR&reservationScope=AzurePlan')).toMatchObject({
    supportedBillingCycles: ['monthly', 'one_time', 'triennial', 'every_blue_moon'],
    purchasePrerequisites: ['inventory_check', 'something_new'],
    inventoryVariables: ['customerId', 'azureSubscriptionId', 'armRegionName'],
    provisioningVariables: ['scope', 'subscriptionId'],
    attestationProperties: { enforceAttestation: true },
  });
});

test('a SKU without inventory variables has none, and its attributes are text', async () => {
  expect(await read('GET /v1/products/p1/skus?country=FR&targetSegment=education')).toMatchObject([
    {
      inventoryVariables: [],
      maximumQuantity: 999_999_999,
      dynamicAttributes: { isAddon: 'false', cores: '2', armRegionName: 'westeurope' },
    },
  ]);
});

test('an availability of perpetual software has no terms', async () => {
  expect(await read('GET /v1/products/DG7GMGF0AAA3/skus/0002/availabilities/DG7GMGF0AAA8?country=FR')).toMatchObject({
    terms: [],
    country: 'US',
    isPurchasable: true,
  });
});

test('an item without restrictions has an empty list of them', async () => {
  expect(await read('POST /v1/extensions/product/checkInventory?country=FR')).toMatchObject([
    {
      isRestricted: true,
      restrictions: [{ reasonCode: 'NotAvailableForSubscription', properties: { values: 'japanwest' } }],
    },
    { isRestricted: false, restrictions: [] },
  ]);
});

test('a cart shows the errors of its lines, add-ons included, and when it ends', async () => {
  expect(await read('GET /v1/customers/c1/carts/6b1f4f0e-8f43-4a2d-9f6c-0d4b6c1d2e3f')).toMatchObject({
    status: 'active',
    expirationTimestamp: '2021-03-03T19:26:09.003Z',
    lineItems: [
      { id: 0, renewsTo: { termDuration: 'P1M' }, addonItems: [{ id: 1, error: { errorCode: '10001' } }] },
      { id: 2, orderGroup: 'OMS-0', addonItems: [], participants: [] },
    ],
  });
});

test('an updated cart may come without status and end, with other types, and with words for error codes', async () => {
  const cart = await read('PUT /v1/customers/c1/carts/6b1f4f0e-8f43-4a2d-9f6c-0d4b6c1d2e3f');
  expect(cart).toMatchObject({
    lineItems: [
      {
        id: 0,
        quantity: 2,
        billingCycle: 'one_time',
        renewsTo: { termDuration: 'P1Y' },
        error: { errorCode: 'inventory_not_available' },
      },
    ],
  });
  expect(cart).not.toHaveProperty('status');
  expect(cart).toHaveProperty('lastModifiedTimestamp', undefined);
});

test('a partly successful checkout holds orders and errors', async () => {
  expect(await read('POST /v1/customers/c1/carts/k1/checkout')).toMatchObject({
    orders: [
      {
        id: 'KaJ8XvkKc_GoNZOUyjVaRJalTBN5MWdV1',
        status: 'pending',
        billingCycle: 'one_time',
        lineItems: [{ termDuration: undefined, quantity: 2 }],
      },
    ],
    orderErrors: [{ orderGroupId: '1', code: '800031' }],
  });
});

test('prices of an order keep their value and times are UTC', async () => {
  expect(
    await read(
      'GET /v1/customers/7c1f0a52-91d3-4e0b-9f43-5d2a6c7b8e01/orders/KaJ8XvkKc_GoNZOUyjVaRJalTBN5MWdV1?include_price=true',
    ),
  ).toMatchObject({
    totalPrice: '50.5',
    creationDate: '2021-06-07T11:36:41.666Z',
    lineItems: [
      { transactionType: 'add_quantity', pricing: { listPrice: '10.1', proratedPrice: '0', extendedPrice: '50.5' } },
    ],
  });
});

test('orders are filtered here as well, and a status from the future is unknown', async () => {
  expect(await read('GET /v1/customers/c1/orders')).toMatchObject([
    { status: 'completed' },
    { status: 'unknown', statusWord: 'a_word_from_the_future' },
  ]);
  expect(await read('GET /v1/customers/c1/orders?billingType=OneTime&include_price=true')).toMatchObject([
    { id: 'f76c6b7f449d' },
  ]);
});

test('entitlements nest, and the type of a reservation is found in either place', async () => {
  expect(await read('GET /v1/customers/c1/entitlements?entitlementType=software&showExpiry=true')).toMatchObject([
    { entitlementType: 'reservedinstance', reservationType: 'virtualmachines', referenceOrder: { lineItemId: '0' } },
    {
      includedEntitlements: [{ productId: 'DG7GMGF0AAA4' }],
      reservationType: 'sqldatabases',
      expiryDate: '2022-09-14T00:00:00.000Z',
    },
  ]);
});

test('reservations are read from the old name of their list', async () => {
  expect(
    await read('GET /v1/customers/c1/artifacts/reservedinstance/groups/g1/lineitems/l1/resource/r1'),
  ).toMatchObject({
    reservations: [
      { scopeType: 'single', provisioningState: 'created', effectiveDateTime: '2018-03-13T22:49:54.339Z' },
    ],
  });
});

test('an invoice keeps its amendments, its amounts exactly, and its receipts by id', async () => {
  expect(await read('GET /v1/invoices/G000099001')).toMatchObject({
    totalCharges: '586366.1',
    paidAmount: '-1000',
    documentType: 'void_note',
    invoiceType: 'one_time',
    billingPeriodEndDate: '2018-01-31T08:00:00.000Z',
    taxReceiptIds: ['123456'],
    amendments: [
      { id: 'G000099002', totalCharges: '-107661.12', amendsOf: 'G000099001', documentType: 'adjustment_note' },
    ],
  });
});

test('a body that is no list, or no result of a checkout, is not read as an empty one', async () => {
  const orders = DOCUMENTED_ANSWERS.find(({ request }) => request === 'GET /v1/customers/c1/orders');
  const checkout = DOCUMENTED_ANSWERS.find(({ request }) => request.endsWith('/checkout'));
  client.answer(respond(200, { id: 'something else' }));
  await expect(orders?.read(client.pc)).rejects.toMatchObject({ name: 'ContractError', outcomeKnown: true });
  await expect(checkout?.read(client.pc)).rejects.toMatchObject({ name: 'ContractError', outcomeKnown: false });
  client.answer(respond(200, { totalCount: 0 }));
  expect(await orders?.read(client.pc)).toEqual([]);
});

test('a time with spaces, as in some examples, is a time', async () => {
  expect(await read('GET /v1/customers/c1/subscriptions?order_id=o1')).toMatchObject([
    { creationDate: '2015-11-25T06:41:12.000Z' },
  ]);
});

test('dates of the year 1 are no dates', async () => {
  expect(await read('GET /v1/invoices/summary')).toMatchObject({
    balanceAmount: '751094.39',
    lastPaymentDate: undefined,
    details: [{}, {}],
  });
});

test('line items with numbers and with numbers in quotes read alike, with the names of older answers', async () => {
  const request =
    'GET /v1/invoices/G1/lineitems?provider=onetime&invoicelineitemtype=billinglineitems&currencycode=USD&size=250';
  expect(await read(request)).toMatchObject([
    { kind: 'one_time', totalForCustomer: '793', unitPrice: '16', mpnId: '5357564', pcToBCExchangeRate: undefined },
    {
      kind: 'one_time',
      totalForCustomer: '820',
      mpnId: '1234567',
      customerId: 'c2',
      publisherName: 'Barracuda',
      alternateId: 'q1',
    },
  ]);
});

test('tiny usage charges lose no digit', async () => {
  const request =
    'GET /v1/invoices/G1/lineitems?provider=onetime&invoicelineitemtype=usagelineitems&hasPartnerEarnedCredit=true&size=250';
  expect(await read(request)).toMatchObject([
    {
      kind: 'daily_rated_usage',
      unitPrice: '0.0000000001234567',
      quantity: '2.000000000000000001',
      billingPreTaxTotal: '0.00000000024691340000000012345',
      hasPartnerEarnedCredit: true,
    },
  ]);
});

test('a webhook registration in PascalCase is understood', async () => {
  expect(await read('GET /webhooks/v1/registration')).toMatchObject({
    webhookUrl: 'https://cartage.example/api/invoice-ready',
    signatureTokenToMsSignatureHeader: true,
  });
});

test('a customer without account validation has none, which is no error', async () => {
  const documented = DOCUMENTED_ANSWERS.find(({ fixture: name }) => name === 'account-validation');
  expect(await read('GET /v1/customers/c1/validationStatus?type=account')).toMatchObject({ status: 'not_ready' });
  client.answer(respond(404, { code: 600074, message: 'No account validation status' }));
  expect(await documented?.read(client.pc)).toBeUndefined();
});

test('a tenant without a webhook has none, which is no error', async () => {
  const documented = DOCUMENTED_ANSWERS.find(({ request }) => request === 'GET /webhooks/v1/registration');
  client.answer(respond(404, undefined));
  expect(await documented?.read(client.pc)).toBeUndefined();
});
