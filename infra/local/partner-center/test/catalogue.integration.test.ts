import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { TestSandbox } from './support/sandbox';
import { CONTOSO, FABRIKAM, type Shopper, TAILSPIN } from './support/shopper';

let sandbox: TestSandbox;
let shopper: Shopper;
beforeAll(async () => {
  sandbox = await TestSandbox.start();
  shopper = sandbox.shopper();
});
afterAll(() => sandbox.stop());

const listSchema = z.object({ totalCount: z.number(), items: z.array(z.looseObject({ id: z.string() })) });
const idsOf = async (path: string): Promise<string[]> =>
  listSchema.parse((await shopper.call('GET', path)).body).items.map((item) => item.id);

test('customers are listed without an address and read with one', async () => {
  const list = await shopper.call('GET', '/v1/customers?size=0');
  expect(JSON.stringify(list.body)).not.toContain('country');
  const one = await shopper.call('GET', `/v1/customers/${CONTOSO}`);
  expect(one.body).toMatchObject({
    companyProfile: { companyName: 'Contoso GmbH' },
    billingProfile: { defaultAddress: { country: 'DE' } },
    relationshipToPartner: 'reseller',
  });
});

test('customers are found by the start of their name, and page by token', async () => {
  const filter = encodeURIComponent(JSON.stringify({ Field: 'CompanyName', Value: 'cont', Operator: 'starts_with' }));
  expect(await idsOf(`/v1/customers?filter=${filter}`)).toEqual([CONTOSO]);
  const first = await shopper.call('GET', '/v1/customers?size=2');
  const { continuationToken } = z.object({ continuationToken: z.string() }).loose().parse(first.body);
  const second = await shopper.call('GET', '/v1/customers?size=2&seekOperation=Next', {
    headers: { 'MS-ContinuationToken': continuationToken },
  });
  expect(listSchema.parse(second.body).items.map((item) => item.id)).toEqual([TAILSPIN]);
  expect(second.body).not.toHaveProperty('continuationToken');
  expect(second.body).not.toHaveProperty('links.next');
  const headers = { 'MS-ContinuationToken': continuationToken };
  const first2 = await shopper.call('GET', '/v1/customers?size=2&seekOperation=First', { headers });
  expect(first2.body).toEqual({ ...z.looseObject({}).parse(first.body), links: expect.anything() });
  const last = await shopper.call('GET', '/v1/customers?size=2&seekOperation=Last', { headers });
  expect(last.body).toEqual({ ...z.looseObject({}).parse(second.body), links: expect.anything() });
  const odd = await shopper.call('GET', '/v1/customers?size=2&seekOperation=Sideways', { headers });
  expect(odd).toMatchObject({ status: 400, body: { code: 900126 } });
});

test.each([
  ['OnlineServices', ['DZH318Z0CSA1', 'CFQ7TTC0LH18', 'CFQ7TTC0ADD1', 'DZH318Z0NOP1']],
  ['MicrosoftAzure', ['DZH318Z0BPS6']],
  ['SoftwarePerpetual', ['DG7GMGF0D5P1']],
  ['softwaresubscriptions', ['DG7GMGF0FSS1']],
  ['AzureReservationsVM', ['DZH318Z0RVM1']],
])('the view %s lists its products, by country and by customer alike', async (view, ids) => {
  expect(await idsOf(`/v1/products?country=de&targetView=${view}`)).toEqual(ids);
  expect(await idsOf(`/v1/customers/${CONTOSO}/products?TARGETVIEW=${view}`)).toEqual(ids);
});

test('software subscriptions and reservations are not sold in Brazil, perpetual software is', async () => {
  expect(await idsOf('/v1/products?country=BR&targetView=Software')).toEqual(['DG7GMGF0D5P1']);
  const missing = await shopper.call('GET', '/v1/products/DZH318Z0RVM1/skus?country=BR');
  expect(missing).toMatchObject({ status: 404, body: { code: 400013 } });
});

test('a partner who is not qualified for perpetual software neither sees nor buys it', async () => {
  const line = await shopper.line('DG7GMGF0D5P1', '0001');
  await shopper.control('POST', '/settings', { perpetualSoftware: false });
  expect(await idsOf('/v1/products?country=DE&targetView=Software')).toEqual(['DG7GMGF0FSS1']);
  const refused = await shopper.call('GET', '/v1/products?country=DE&targetView=SoftwarePerpetual');
  expect(refused).toMatchObject({ status: 403, body: { code: 400036 } });
  expect((await shopper.createCart([line])).lineItems[0]?.error?.errorCode).toBe(10001);
  await shopper.control('POST', '/settings', { perpetualSoftware: true });
});

test('an availability names its item as product, SKU and availability, in the currency of the country', async () => {
  for (const [customer, currency] of [
    [CONTOSO, 'EUR'],
    [FABRIKAM, 'USD'],
    [TAILSPIN, 'BRL'],
  ] as const) {
    const path = `/v1/customers/${customer}/products/CFQ7TTC0LH18/skus/0001/availabilities`;
    const [item] = listSchema.parse((await shopper.call('GET', path)).body).items;
    expect(item).toMatchObject({
      catalogItemId: `CFQ7TTC0LH18:0001:${item?.id ?? ''}`,
      defaultCurrency: { code: currency },
      isPurchasable: true,
      segment: 'commercial',
    });
    expect((await shopper.call('GET', `${path}/${item?.id ?? ''}`)).status).toBe(200);
  }
});

test('reservations for Azure plans have availabilities of their own', async () => {
  const path = '/v1/products/DZH318Z0RVM1/skus/00B1/availabilities?country=DE';
  const forSubscriptions = await idsOf(path);
  const forPlans = await idsOf(`${path}&reservationScope=AzurePlan`);
  expect(forSubscriptions).toHaveLength(1);
  expect(forPlans).toHaveLength(1);
  expect(forPlans).not.toEqual(forSubscriptions);
});

test('lists are empty for a segment in which nothing is sold; reading by id is not affected', async () => {
  const education = 'country=DE&targetSegment=education';
  for (const path of [
    '/v1/products',
    '/v1/products/CFQ7TTC0LH18/skus',
    '/v1/products/CFQ7TTC0LH18/skus/0001/availabilities',
  ])
    expect(await idsOf(`${path}?targetView=OnlineServices&${education}`)).toEqual([]);
  expect((await shopper.call('GET', `/v1/products/CFQ7TTC0LH18?${education}`)).status).toBe(200);
});

test('the reservation scope is for reservations: everything else is sold in either', async () => {
  expect(await idsOf('/v1/products?country=DE&targetView=Software&reservationScope=AzurePlan')).toHaveLength(2);
  expect(await idsOf('/v1/products?country=DE&targetView=AzureReservations&reservationScope=AzurePlan')).toHaveLength(
    1,
  );
});

test.each([
  ['/v1/products?targetView=Azure', 400, 800002],
  ['/v1/products?country=DEU&targetView=Azure', 400, 800002],
  ['/v1/products?country=DE', 400, 800002],
  ['/v1/products?country=DE&targetView=Everything', 403, 400036],
  ['/v1/products?country=DE&targetView=Azure&targetSegment=everyone', 403, 400030],
  ['/v1/products/NONE?country=DE', 404, 400013],
  ['/v1/products/CFQ7TTC0LH18/skus/9999?country=DE', 404, 400018],
  ['/v1/products/CFQ7TTC0LH18/skus/0001/availabilities/NONE?country=DE', 404, 400019],
  ['/v1/customers/not-a-guid/products?targetView=Azure', 400, 900118],
  ['/v1/customers/aaaaaaaa-0000-4000-8000-000000000000/products?targetView=Azure', 404, 60003],
])('GET %s is refused with %i/%i', async (path, status, code) => {
  expect(await shopper.call('GET', path)).toMatchObject({ status, body: { code, source: 'PartnerFD' } });
});

test('availability ids change when they are rotated', async () => {
  const before = await shopper.catalogItemId('CFQ7TTC0LH18', '0001');
  await shopper.control('POST', '/faults', { kind: 'rotate-availabilities', route: 'getCustomer' });
  await shopper.ofCustomer('GET', '');
  expect(await shopper.catalogItemId('CFQ7TTC0LH18', '0001')).not.toBe(before);
});

const inventoryContext = {
  customerId: CONTOSO,
  azureSubscriptionId: 'c0ffee00-0000-4000-8000-000000000001',
  armRegionName: 'westeurope',
};

test('the inventory check answers an array, without unknown items', async () => {
  const targetItems = [
    { productId: 'DZH318Z0RVM1', skuId: '00B1' },
    { productId: 'DZH318Z0RST1' },
    { productId: 'NONE' },
  ];
  const answer = await shopper.call('POST', '/v1/extensions/product/checkinventory?country=DE', {
    body: { TargetItems: targetItems, InventoryContext: inventoryContext },
  });
  expect(answer.body).toMatchObject([
    { productId: 'DZH318Z0RVM1', skuId: '00B1', isRestricted: false },
    { productId: 'DZH318Z0RST1', isRestricted: true, restrictions: [{ reasonCode: 'NotAvailableForSubscription' }] },
  ]);
});

test('the inventory check needs the variables the SKU names', async () => {
  const answer = await shopper.call('POST', '/v1/extensions/product/checkInventory?country=DE', {
    body: { targetItems: [{ productId: 'DZH318Z0RVM1' }], inventoryContext: { customerId: CONTOSO } },
  });
  expect(answer).toMatchObject({ status: 400, body: { code: 800002 } });
});
