import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { TestSandbox } from './support/sandbox';
import { type Answered, FABRIKAM, type Shopper, TAILSPIN } from './support/shopper';

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

const FABRIKAM_AZURE = 'c0ffee00-0000-4000-8000-000000000002';
const monthly = { billingCycle: 'monthly', termDuration: 'P1M' };

const ordersSchema = z.object({
  orders: z.array(z.looseObject({ id: z.string(), lineItems: z.array(z.looseObject({ offerId: z.string() })) })),
});
const listSchema = z.object({ totalCount: z.number(), items: z.array(z.looseObject({ id: z.string().optional() })) });

/** Buys these lines in one cart; returns the ids of the orders. */
async function buy(by: Shopper, lines: object[]): Promise<string[]> {
  const cart = await by.createCart(lines);
  expect(cart.lineItems.map((line) => line.error)).toEqual(lines.map(() => undefined));
  const { orders } = ordersSchema.parse((await by.checkout(cart.id)).body);
  return orders.map((order) => order.id);
}

async function buyOne(productId: string, skuId: string, more: object = {}, by = shopper): Promise<string> {
  const [id = ''] = await buy(by, [await by.line(productId, skuId, more)]);
  return id;
}

const read = async (id: string, query = '') => (await shopper.ofCustomer('GET', `/orders/${id}${query}`)).body;
const provisioning = async (id: string) =>
  (await shopper.ofCustomer('GET', `/orders/${id}/provisioningstatus`, { kind: 'user' })).body;
const listed = async (path: string, kind: 'app' | 'user' = 'app') =>
  listSchema.parse((await shopper.ofCustomer('GET', path, { kind })).body).items;

test('an order is pending, then completed with its subscription', async () => {
  await shopper.control('POST', '/settings', { orderDelaySeconds: 60 });
  const id = await buyOne('DZH318Z0CSA1', '0001', monthly);
  expect(id).toMatch(/^[\w-]{32}1$/);
  expect(await read(id)).toMatchObject({ status: 'pending', alternateId: expect.stringMatching(/^[0-9a-f]{12}$/) });
  expect(await read(id)).not.toHaveProperty('lineItems.0.subscriptionId');
  expect(await provisioning(id)).toMatchObject({ items: [{ lineItemNumber: 0, status: 'PrefulfillmentPending' }] });
  expect(await listed(`/subscriptions?order_id=${id}`)).toEqual([]);

  await shopper.advance(61);
  const order = await read(id);
  expect(order).toMatchObject({ status: 'completed', lineItems: [{ subscriptionId: expect.any(String) }] });
  expect(await provisioning(id)).toMatchObject({
    items: [{ status: 'Fulfilled', quantityProvisioningInformation: [{ quantity: 1, status: 'Fulfilled' }] }],
  });
  const [subscription] = await listed(`/subscriptions?order_id=${id}`);
  expect(subscription).toMatchObject({ orderId: id, status: 'active', termDuration: 'P1M', billingType: 'license' });
});

test('an order is read under its short id too, in its own case, by its own customer only', async () => {
  const id = await buyOne('DG7GMGF0D5P1', '0001');
  const { alternateId } = z.object({ alternateId: z.string() }).parse(await read(id));
  expect(await read(alternateId)).toMatchObject({ id });
  const unknown = { status: 404, body: { code: 20000 } };
  expect(await shopper.ofCustomer('GET', `/orders/${id.toLowerCase()}`)).toMatchObject(unknown);
  expect(await sandbox.shopper(TAILSPIN).ofCustomer('GET', `/orders/${id}`)).toMatchObject(unknown);
});

test('orders appear in lists late, and by id too if a setting says so', async () => {
  await shopper.control('POST', '/settings', { listLagSeconds: 900, orderReadLagSeconds: 10 });
  const id = await buyOne('DG7GMGF0D5P1', '0001');
  expect(await read(id)).toMatchObject({ code: 20000 });
  expect(await provisioning(id)).toMatchObject({ code: 800007 });
  expect(await listed('/orders')).toEqual([]);
  await shopper.advance(11);
  expect(await read(id)).toMatchObject({ id });
  expect(await listed('/orders')).toEqual([]);
  await shopper.advance(890);
  expect(await listed('/orders')).toMatchObject([{ id }]);
});

test.each(['onetime', 'OneTime', 'one_time'])('orders are found by billing cycle, spelled %s', async (billingType) => {
  const id = await buyOne('DG7GMGF0D5P1', '0001');
  await buyOne('DZH318Z0CSA1', '0001', monthly);
  expect(await listed(`/orders?billingType=${billingType}`)).toMatchObject([{ id }]);
  expect(await shopper.ofCustomer('GET', '/orders?billingType=weekly')).toMatchObject({
    status: 400,
    body: { code: 900126 },
  });
});

test('prices come only when asked for', async () => {
  const id = await buyOne('DG7GMGF0D5P1', '0001', { quantity: 3 });
  expect(await read(id)).not.toHaveProperty('totalPrice');
  expect(await read(id, '?include_price=True')).toMatchObject({
    totalPrice: 3207,
    lineItems: [{ pricing: { price: 1069, extendedPrice: 3207 } }],
  });
});

test('items of the older commerce are completed at once, with a GUID and an etag', async () => {
  await shopper.control('POST', '/settings', { orderDelaySeconds: 60 });
  const [id = ''] = await buy(shopper, [{ catalogItemId: 'MS-AZR-0145P', quantity: 1, billingCycle: 'monthly' }]);
  expect(await read(id)).toMatchObject({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    status: 'completed',
    lineItems: [{ subscriptionId: expect.any(String) }],
    attributes: { etag: expect.any(String) },
  });
  expect(await read(id.toUpperCase())).toMatchObject({ id });
});

test('add-ons are bought under their base, with its subscription as parent', async () => {
  const addonItems = [await shopper.line('CFQ7TTC0ADD1', '0001', monthly)];
  const id = await buyOne('CFQ7TTC0LH18', '0001', { ...monthly, addonItems });
  const { lineItems } = z
    .object({
      lineItems: z.array(z.object({ subscriptionId: z.string(), parentSubscriptionId: z.string().optional() })),
    })
    .parse(await read(id));
  expect(lineItems[1]?.parentSubscriptionId).toBe(lineItems[0]?.subscriptionId);
});

test('only marketplace lines have an activation link', async () => {
  const saas = await buyOne('DZH318Z0CSA1', '0001', monthly);
  const software = await buyOne('DG7GMGF0D5P1', '0001');
  expect(await listed(`/orders/${saas}/lineitems/0/activationlinks`)).toMatchObject([
    { lineItemNumber: 0, link: { method: 'GET' } },
  ]);
  expect(await listed(`/orders/${saas}/activationlinks`)).toHaveLength(1);
  expect(await listed(`/orders/${software}/activationlinks`)).toEqual([]);
  const outside = await shopper.ofCustomer('GET', `/orders/${saas}/lineitems/5/activationlinks`);
  expect(outside).toMatchObject({ status: 400, body: { code: 800071 } });
});

test('software and reservations give entitlements, with an expiry date on request', async () => {
  const buyer = sandbox.shopper(FABRIKAM);
  shopper = buyer;
  const perpetual = await buyOne('DG7GMGF0D5P1', '0001');
  const rented = await buyOne('DG7GMGF0FSS1', '0002', { termDuration: 'P1Y' });
  const context = { subscriptionId: FABRIKAM_AZURE, scope: 'single' };
  const reserved = await buyOne('DZH318Z0RVM1', '00B1', { termDuration: 'P1Y', provisioningContext: context });
  await buyOne('DZH318Z0CSA1', '0001', monthly);
  const all = await listed('/entitlements?showExpiry=True', 'user');
  expect(all.map((one) => one['referenceOrder'])).toMatchObject([{ id: perpetual }, { id: rented }, { id: reserved }]);
  expect(all[0]).toMatchObject({ includedEntitlements: [{ productId: 'DG7GMGF0DWTJ', entitlementType: 'software' }] });
  expect(all.map((one) => Object.hasOwn(one, 'expiryDate'))).toEqual([false, true, true]);
  expect(await listed('/entitlements?entitlementtype=software', 'user')).toHaveLength(2);

  const artifacts = z.object({ entitledArtifacts: z.array(z.object({ link: z.object({ uri: z.string() }) })) });
  const uri = artifacts.parse(all[2]).entitledArtifacts[0]?.link.uri ?? '';
  const details = await buyer.call('GET', `/v1${uri}`, { kind: 'user' });
  expect(details.body).toMatchObject({
    type: 'reservedinstance',
    reservations: [{ scopeType: 'Single', appliedScopes: [FABRIKAM_AZURE], quantity: 1, provisioningState: 'Created' }],
  });
  const elsewhere = uri.replace(/groups\/\w+/, 'groups/other');
  expect(await buyer.call('GET', `/v1${elsewhere}`, { kind: 'user' })).toMatchObject({ status: 404 });
});

test('asked for by their old name, reservations come with the old link to the old form of their details', async () => {
  shopper = sandbox.shopper(FABRIKAM);
  const provisioningContext = { subscriptionId: FABRIKAM_AZURE, scope: 'shared' };
  const id = await buyOne('DZH318Z0RVM1', '00B1', { termDuration: 'P1Y', provisioningContext });
  const [owned] = await listed('/entitlements?entitlementType=virtualmachinereservedinstance', 'user');
  expect(owned).toMatchObject({
    entitlementType: 'virtualmachinereservedinstance',
    entitledArtifacts: [{ artifactType: 'virtualmachinereservedinstance', link: { method: 'GET' } }],
  });
  const artifacts = z.object({ entitledArtifacts: z.array(z.object({ link: z.object({ uri: z.string() }) })) });
  const uri = artifacts.parse(owned).entitledArtifacts[0]?.link.uri ?? '';
  const read = () => shopper.call('GET', `/v1${uri}`, { kind: 'user' });
  expect((await read()).body).toEqual({
    type: 'virtual_machine_reserved_instance',
    virtualMachineReservations: [expect.objectContaining({ scopeType: 'Shared', quantity: 1 })],
  });
  await shopper.control('POST', '/settings', { microsoftSandbox: true });
  expect((await cancel(id)).body).toMatchObject({ status: 'cancelled' });
  expect(await read()).toMatchObject({ status: 404, body: { code: 1000 } });
});

function cancel(id: string, lineItems?: object[]): Promise<Answered> {
  return shopper.ofCustomer('PATCH', `/orders/${id}`, { body: { Id: id, Status: 'Cancelled', LineItems: lineItems } });
}

test('cancelled software shows the quantity 0, and the order is cancelled with its last line', async () => {
  const [id = ''] = await buy(shopper, [
    await shopper.line('DG7GMGF0D5P1', '0001'),
    await shopper.line('DG7GMGF0FSS1', '0002', { termDuration: 'P1Y' }),
  ]);
  const one = await cancel(id, [{ LineItemNumber: 0 }]);
  expect(one.body).toMatchObject({ status: 'completed', lineItems: [{ quantity: 0 }, { quantity: 1 }] });
  expect((await cancel(id)).body).toMatchObject({ status: 'cancelled', lineItems: [{ quantity: 0 }, { quantity: 0 }] });
  expect(await provisioning(id)).toMatchObject({ items: [{ status: 'Unfulfilled' }, { status: 'Unfulfilled' }] });
  expect(await listed('/entitlements', 'user')).toEqual([]);
  expect(await cancel(id)).toMatchObject({ status: 400, body: { code: 800061 } });
});

test('lines are cancelled by number and offer, each once, and only on the order the body names', async () => {
  const [id = ''] = await buy(shopper, [
    await shopper.line('DG7GMGF0D5P1', '0001', { quantity: 4 }),
    await shopper.line('DG7GMGF0FSS1', '0002', { termDuration: 'P1Y', quantity: 3 }),
  ]);
  const invalid = { status: 400, body: { code: 800002 } };
  expect(await cancel(id, [{ lineItemNumber: 1, offerId: 'DG7GMGF0D5P1:0001:X' }])).toMatchObject(invalid);
  const other = await shopper.ofCustomer('PATCH', `/orders/${id}`, { body: { id: 'other', status: 'cancelled' } });
  expect(other).toMatchObject(invalid);
  const active = await shopper.ofCustomer('PATCH', `/orders/${id}`, { body: { id, status: 'completed' } });
  expect(active).toMatchObject(invalid);
  const { lineItems } = z.object({ lineItems: z.array(z.object({ offerId: z.string() })) }).parse(await read(id));
  const one = await cancel(id, [{ lineItemNumber: '1', offerId: lineItems[1]?.offerId }]);
  expect(one.body).toMatchObject({ status: 'completed', lineItems: [{ quantity: 4 }, { quantity: 0 }] });
  expect(await cancel(id, [{ lineItemNumber: 1 }])).toMatchObject({ status: 400, body: { code: 800061 } });
  expect((await cancel(id)).body).toMatchObject({ status: 'cancelled', lineItems: [{ quantity: 0 }, { quantity: 0 }] });
});

test('while an order is being changed, another change of it is refused with 409/800014', async () => {
  const id = await buyOne('DG7GMGF0D5P1', '0001');
  await shopper.control('POST', '/faults', { kind: 'delay', route: 'cancelOrder', seconds: 600 });
  const slow = cancel(id);
  await shopper.struck();
  expect(await cancel(id)).toMatchObject({ status: 409, body: { code: 800014 } });
  await shopper.advance(600);
  expect((await slow).body).toMatchObject({ status: 'cancelled' });
});

test('what cannot be cancelled is refused with its own code', async () => {
  const software = await buyOne('DG7GMGF0D5P1', '0001');
  const saas = await buyOne('DZH318Z0CSA1', '0001', monthly);
  const licence = await buyOne('CFQ7TTC0LH18', '0001', monthly);
  expect(await cancel(saas)).toMatchObject({ status: 403, body: { code: 800077 } });
  expect(await cancel(licence)).toMatchObject({ status: 403, body: { code: 800019 } });
  expect(await cancel(software, [{ lineItemNumber: 3 }])).toMatchObject({ status: 400, body: { code: 800071 } });
  await shopper.advance(31 * 86_400);
  shopper = sandbox.shopper();
  expect(await cancel(software)).toMatchObject({ status: 400, body: { code: 900117 } });
});

test("in Microsoft's own sandbox everything can be cancelled", async () => {
  await shopper.control('POST', '/settings', { microsoftSandbox: true });
  const saas = await buyOne('DZH318Z0CSA1', '0001', monthly);
  expect((await cancel(saas)).body).toMatchObject({ status: 'cancelled' });
});

const register = (subscriptionId: string) =>
  shopper.ofCustomer('POST', `/subscriptions/${subscriptionId}/registrations`);

test('subscriptions are registered only if they are Azure, active and the customer’s own', async () => {
  const id = await buyOne('DZH318Z0CSA1', '0001', monthly);
  const { lineItems } = z
    .object({ lineItems: z.array(z.object({ subscriptionId: z.string() })) })
    .parse(await read(id));
  expect(await register(lineItems[0]?.subscriptionId ?? '')).toMatchObject({ status: 400, body: { code: 800011 } });
  expect(await register(FABRIKAM_AZURE)).toMatchObject({ status: 404, body: { code: 20003 } });
  await shopper.control('POST', '/settings', { microsoftSandbox: true });
  const [older = ''] = await buy(shopper, [{ catalogItemId: 'MS-AZR-0145P', quantity: 1, billingCycle: 'monthly' }]);
  const [azure] = await listed(`/subscriptions?order_id=${older}`);
  await cancel(older);
  expect(await register(azure?.id ?? '')).toMatchObject({ status: 400, body: { code: 800012 } });
});

test('qualifications are an array, the retired one is a string, and no validation status is 404/600074', async () => {
  expect((await shopper.ofCustomer('GET', '/qualifications')).body).toEqual([]);
  const added = await shopper.ofCustomer('POST', '/qualifications', {
    kind: 'user',
    body: { Qualification: 'Education' },
  });
  expect(added).toMatchObject({
    status: 201,
    body: { vettingStatus: 'InReview', vettingCreateDate: expect.any(String) },
  });
  expect((await shopper.ofCustomer('GET', '/qualifications')).body).toMatchObject([{ qualification: 'Education' }]);
  expect((await shopper.ofCustomer('GET', '/qualification')).body).toBe('education');
  const status = () => shopper.ofCustomer('GET', '/validationStatus?type=account', { kind: 'user' });
  expect(await status()).toMatchObject({ status: 404, body: { code: 600074, isRetryable: false } });
  await shopper.control('POST', `/customers/${shopper.customerId}`, { validationStatus: 'Allowed' });
  expect((await status()).body).toMatchObject({ type: 'account', status: 'Allowed' });
});

test('an order has the status that was asked for until it gets another, and delivers nothing meanwhile', async () => {
  const asked = { ...monthly, friendlyName: 'sandbox:order-status:pending_po_upload' };
  const id = await buyOne('CFQ7TTC0LH18', '0001', asked);
  await shopper.control('POST', '/clock', { advanceSeconds: 60 });
  expect(await read(id)).toMatchObject({ status: 'pending_po_upload', lineItems: [{ quantity: 1 }] });
  expect(await read(id)).not.toHaveProperty('lineItems.0.subscriptionId');
  expect(await provisioning(id)).toMatchObject({ items: [{ status: 'PrefulfillmentPending' }] });

  await shopper.control('POST', `/orders/${id}`, { status: 'partial_success', unfulfilledLines: [0] });
  expect(await read(id)).toMatchObject({ status: 'partial_success' });
  expect(await provisioning(id)).toMatchObject({ items: [{ status: 'Unfulfilled' }] });

  await shopper.control('POST', `/orders/${id}`, { status: null });
  expect(await read(id)).toMatchObject({ status: 'completed' });
});
