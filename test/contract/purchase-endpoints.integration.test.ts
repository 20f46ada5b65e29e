import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Transport } from '#shared/partner-center/http/transport';
import { checkoutCart, createCart, getCart, updateCart } from '#shared/partner-center/resources/carts';
import {
  getAvailability,
  getProduct,
  getSku,
  listAvailabilities,
  listProducts,
  listSkus,
  type CatalogueOptions,
  type CatalogueScope,
} from '#shared/partner-center/resources/catalogue';
import {
  getReservationDetails,
  listEntitlements,
  type Entitlement,
  type ReservationDetails,
} from '#shared/partner-center/resources/entitlements';
import { checkInventory } from '#shared/partner-center/resources/inventory';
import {
  cancelOrder,
  getOrder,
  getProvisioningStatus,
  listActivationLinks,
  listOrders,
  type Order,
} from '#shared/partner-center/resources/orders';
import {
  getRegistrationStatus,
  getSubscription,
  listSubscriptions,
  registerSubscription,
} from '#shared/partner-center/resources/subscriptions';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { aCall, CONTOSO, CONTOSO_AZURE, FABRIKAM, FABRIKAM_AZURE, only } from './client-of-sandbox';
import { buy, lineFor } from './shop';

let sandbox: TestSandbox;
let pc: Transport;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  pc = sandbox.partnerCenter;
});
afterAll(() => sandbox.stop());

/** Until every order is completed, provisioned and listed, and every registration done. */
const afterAWhile = () => sandbox.advance(10);

describe.each<[what: string, scope: CatalogueScope]>([
  ['by country', { kind: 'market', country: 'DE' }],
  ['by customer', { kind: 'customer', customerId: CONTOSO }],
])('the catalogue %s', (_what, scope) => {
  test('leads from the products to a catalog item id', async () => {
    const products = await listProducts(pc, scope, 'OnlineServices', {}, aCall());
    expect(products.map(({ id }) => id)).toContain('CFQ7TTC0LH18');
    expect(await getProduct(pc, scope, 'CFQ7TTC0LH18', {}, aCall())).toMatchObject({ id: 'CFQ7TTC0LH18' });
    const skus = await listSkus(pc, scope, 'CFQ7TTC0LH18', {}, aCall());
    expect(skus.map(({ id }) => id)).toContain('0001');
    const sku = await getSku(pc, scope, 'CFQ7TTC0LH18', '0001', {}, aCall());
    expect(sku).toMatchObject({ productId: 'CFQ7TTC0LH18', minimumQuantity: 1 });
    const [availability] = await listAvailabilities(
      pc,
      scope,
      'CFQ7TTC0LH18',
      '0001',
      { targetSegment: 'commercial' },
      aCall(),
    );
    expect(availability).toMatchObject({
      isPurchasable: true,
      segment: 'commercial',
      country: 'DE',
      defaultCurrency: { code: 'EUR' },
    });
    expect(availability?.catalogItemId).toBe(`CFQ7TTC0LH18:0001:${availability?.id}`);
    expect(await getAvailability(pc, scope, 'CFQ7TTC0LH18', '0001', availability?.id ?? '', aCall())).toEqual(
      availability,
    );
  });

  test('says what a reservation asks for', async () => {
    const sku = await getSku(pc, scope, 'DZH318Z0RVM1', '00B1', {}, aCall());
    expect(sku.purchasePrerequisites).toEqual(
      expect.arrayContaining(['inventory_check', 'azure_subscription_registration']),
    );
    expect(sku.supportedBillingCycles).toEqual(['one_time']);
  });

  test('shows other availabilities for Azure plans', async () => {
    const idsFor = async (options: CatalogueOptions) =>
      (await listAvailabilities(pc, scope, 'DZH318Z0RVM1', '00B1', options, aCall())).map(({ id }) => id);
    const forSubscriptions = await idsFor({});
    const forPlans = await idsFor({ reservationScope: 'AzurePlan' });
    expect([forSubscriptions.length, forPlans.length]).toEqual([1, 1]);
    expect(forPlans).not.toEqual(forSubscriptions);
  });

  test('marks what is not for sale', async () => {
    const availabilities = await listAvailabilities(pc, scope, 'DZH318Z0NOP1', '0001', {}, aCall());
    expect(new Set(availabilities.map(({ isPurchasable }) => isPurchasable))).toEqual(new Set([false]));
  });
});

describe('inventory', () => {
  const inventoryContext = { customerId: FABRIKAM, azureSubscriptionId: FABRIKAM_AZURE, armRegionName: 'westeurope' };

  test('says what is restricted and what is free, and leaves out what it does not know', async () => {
    const targetItems = [
      { productId: 'DZH318Z0RVM1', skuId: '00B1' },
      { productId: 'DZH318Z0RST1', skuId: '0001' },
      { productId: 'NOSUCHTHING1', skuId: '0001' },
    ];
    const items = await checkInventory(pc, { country: 'US', targetItems, inventoryContext }, aCall());
    expect(items.map(({ productId, isRestricted }) => [productId, isRestricted])).toEqual([
      ['DZH318Z0RVM1', false],
      ['DZH318Z0RST1', true],
    ]);
    expect(items[1]?.restrictions[0]?.reasonCode).toBe('NotAvailableForSubscription');
  });

  test('without a SKU it answers for all of the product', async () => {
    const targetItems = [{ productId: 'DZH318Z0RVM1' }];
    const items = await checkInventory(pc, { country: 'US', targetItems, inventoryContext }, aCall());
    expect(items.map(({ skuId, isRestricted }) => [skuId, isRestricted])).toEqual([['00B1', false]]);
  });
});

describe('carts and orders', () => {
  test('a cart is made, read, changed and checked out; the orders follow', async () => {
    const licence = await lineFor(pc, CONTOSO, 'CFQ7TTC0LH18', '0001', { quantity: 3 });
    const software = await lineFor(pc, CONTOSO, 'DG7GMGF0D5P1', '0001');
    const cart = await createCart(pc, CONTOSO, { lineItems: [licence, software] }, aCall());
    expect(cart.status).toBe('active');
    expect(new Set(cart.lineItems.map(({ orderGroup }) => orderGroup)).size).toBe(2);
    expect(await getCart(pc, CONTOSO, cart.id, aCall())).toEqual(cart);
    const changed = await updateCart(
      pc,
      CONTOSO,
      cart.id,
      { lineItems: [{ ...licence, quantity: 5 }, software] },
      aCall(),
    );
    expect(changed.lineItems.map(({ quantity }) => quantity)).toEqual([5, 1]);

    const { orders, orderErrors } = await checkoutCart(pc, CONTOSO, cart.id, aCall());
    expect([orders.length, orderErrors.length]).toEqual([2, 0]);
    expect((await getCart(pc, CONTOSO, cart.id, aCall())).status).toBe('ordered');

    for (const { id } of orders)
      expect(await getOrder(pc, CONTOSO, id, {}, aCall())).toMatchObject({ status: 'pending' });
    await afterAWhile();
    for (const { id, lineItems } of orders) {
      const done = await getOrder(pc, CONTOSO, id, { includePrice: true }, aCall());
      expect(done.status).toBe('completed');
      expect(done.totalPrice).toMatch(/^[1-9]\d*(\.\d+)?$/);
      expect(done.lineItems.map(({ offerId }) => offerId)).toEqual(lineItems.map(({ offerId }) => offerId));
      const provisioned = [{ lineItemNumber: 0, status: 'fulfilled' }];
      expect(await getProvisioningStatus(pc, CONTOSO, id, aCall())).toMatchObject(provisioned);
    }
    const ids = orders.map(({ id }) => id);
    const listed = await listOrders(pc, CONTOSO, {}, aCall());
    expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    const oneTime = await listOrders(pc, CONTOSO, { billingType: 'one_time' }, aCall());
    const monthly = await listOrders(pc, CONTOSO, { billingType: 'monthly', includePrice: true }, aCall());
    const cycleOf = (order: Order | undefined) => order?.billingCycle;
    expect(new Set(oneTime.map(cycleOf))).toEqual(new Set(['one_time']));
    expect(new Set(monthly.map(cycleOf))).toEqual(new Set(['monthly']));
    expect(monthly.find(({ id }) => ids.includes(id))?.totalPrice).toMatch(/^[1-9]\d*(\.\d+)?$/);
    expect([...oneTime, ...monthly].filter(({ id }) => ids.includes(id))).toHaveLength(2);
    expect(listed.find(({ id }) => ids.includes(id))?.totalPrice).toBeUndefined();
  });

  test('checking out again gives the same orders and buys nothing', async () => {
    const cart = await createCart(
      pc,
      CONTOSO,
      { lineItems: [await lineFor(pc, CONTOSO, 'DG7GMGF0D5P1', '0001')] },
      aCall(),
    );
    const first = await checkoutCart(pc, CONTOSO, cart.id, aCall());
    const second = await checkoutCart(pc, CONTOSO, cart.id, aCall());
    expect(second.orders.map(({ id }) => id)).toEqual(first.orders.map(({ id }) => id));
  });

  test('the same request id makes one cart', async () => {
    const lines = { lineItems: [await lineFor(pc, CONTOSO, 'DG7GMGF0D5P1', '0001')] };
    const call = aCall();
    expect((await createCart(pc, CONTOSO, lines, call)).id).toBe((await createCart(pc, CONTOSO, lines, call)).id);
  });

  test('an add-on is bought with its parent', async () => {
    const licence = await lineFor(pc, CONTOSO, 'CFQ7TTC0LH18', '0001');
    const addOn = await lineFor(pc, CONTOSO, 'CFQ7TTC0ADD1', '0001', {
      billingCycle: licence.billingCycle,
      termDuration: licence.termDuration,
    });
    const cart = await createCart(pc, CONTOSO, { lineItems: [{ ...licence, addonItems: [addOn] }] }, aCall());
    expect(cart.lineItems[0]?.addonItems[0]).toMatchObject({
      catalogItemId: addOn.catalogItemId,
      orderGroup: cart.lineItems[0]?.orderGroup,
    });
    const { orders } = await checkoutCart(pc, CONTOSO, cart.id, aCall());
    expect(orders.flatMap(({ lineItems }) => lineItems.map(({ offerId }) => offerId))).toContain(addOn.catalogItemId);
  });

  test('marketplace SaaS has activation links, for a line and for all', async () => {
    const { id } = only(await buy(pc, CONTOSO, await lineFor(pc, CONTOSO, 'DZH318Z0CSA1', '0001')));
    await afterAWhile();
    const links = await listActivationLinks(pc, CONTOSO, id, undefined, aCall());
    expect(links[0]?.link.uri).toMatch(/^https?:/);
    expect(await listActivationLinks(pc, CONTOSO, id, 0, aCall())).toEqual(links);
  });

  test('software can be cancelled within its window', async () => {
    const { id } = only(await buy(pc, CONTOSO, await lineFor(pc, CONTOSO, 'DG7GMGF0D5P1', '0001')));
    await afterAWhile();
    const cancelled = await cancelOrder(pc, CONTOSO, id, undefined, aCall());
    expect(cancelled).toMatchObject({ id, status: 'cancelled' });
  });

  test('one line of an order can be cancelled, and the others stay', async () => {
    const line = await lineFor(pc, CONTOSO, 'DG7GMGF0D5P1', '0001');
    const { id, lineItems } = only(await buy(pc, CONTOSO, line, { ...line, quantity: 2 }));
    const second = lineItems.find(({ quantity }) => quantity === 2);
    const chosen = { lineItemNumber: second?.lineItemNumber ?? -1, offerId: line.catalogItemId };
    const rest = await cancelOrder(pc, CONTOSO, id, [chosen], aCall());
    expect(rest.lineItems.map(({ quantity }) => quantity)).toEqual([1, 0]);
    expect(rest.status).not.toBe('cancelled');
  });
});

describe('entitlements', () => {
  test('perpetual software has no end, software for a term has one when asked for', async () => {
    const perpetual = only(await buy(pc, FABRIKAM, await lineFor(pc, FABRIKAM, 'DG7GMGF0D5P1', '0001')));
    const forATerm = only(
      await buy(pc, FABRIKAM, await lineFor(pc, FABRIKAM, 'DG7GMGF0FSS1', '0002', { billingCycle: 'one_time' })),
    );
    await afterAWhile();
    const owned = await listEntitlements(pc, FABRIKAM, { entitlementType: 'software', showExpiry: true }, aCall());
    expect(owned).toHaveLength(2);
    const byOrder = new Map(owned.map((entitlement) => [entitlement.referenceOrder?.id, entitlement]));
    expect(byOrder.get(perpetual.id)).toMatchObject({ entitlementType: 'software', productId: 'DG7GMGF0D5P1' });
    expect(byOrder.get(perpetual.id)?.expiryDate).toBeUndefined();
    expect(byOrder.get(perpetual.id)?.includedEntitlements).toMatchObject([{ productId: 'DG7GMGF0DWTJ' }]);
    expect(Date.parse(byOrder.get(forATerm.id)?.expiryDate ?? '')).toBeGreaterThan(Date.now());
    const ofAllKinds = await listEntitlements(pc, FABRIKAM, {}, aCall());
    expect(ofAllKinds.map(({ expiryDate }) => expiryDate)).toEqual([undefined, undefined]);
    expect(await listEntitlements(pc, FABRIKAM, { entitlementType: 'reservedinstance' }, aCall())).toEqual([]);
  });
});

describe('reservations', () => {
  function detailsOf({ entitledArtifacts: [artifact] }: Entitlement): Promise<ReservationDetails> {
    if (artifact?.link === undefined) throw new Error('the reservation has no link to its details');
    return getReservationDetails(pc, CONTOSO, artifact.link, aCall());
  }

  test('a subscription is registered, a reservation bought, and its details are found, in the older form too', async () => {
    expect((await getRegistrationStatus(pc, CONTOSO, CONTOSO_AZURE, aCall())).status).toBe('notregistered');
    await registerSubscription(pc, CONTOSO, CONTOSO_AZURE, aCall());
    expect((await getRegistrationStatus(pc, CONTOSO, CONTOSO_AZURE, aCall())).status).toBe('registering');
    await afterAWhile();
    expect((await getRegistrationStatus(pc, CONTOSO, CONTOSO_AZURE, aCall())).status).toBe('registered');

    const provisioningContext = { subscriptionId: CONTOSO_AZURE, scope: 'shared' };
    const { id } = only(
      await buy(pc, CONTOSO, await lineFor(pc, CONTOSO, 'DZH318Z0RVM1', '00B1', { provisioningContext })),
    );
    await afterAWhile();
    const owned = await listEntitlements(
      pc,
      CONTOSO,
      { entitlementType: 'reservedinstance', showExpiry: true },
      aCall(),
    );
    const bought = only(owned.filter(({ referenceOrder }) => referenceOrder?.id === id));
    expect(bought).toMatchObject({ entitlementType: 'reservedinstance', reservationType: 'virtualmachines' });
    const details = await detailsOf(bought);
    expect(details).toMatchObject({
      type: 'reservedinstance',
      reservations: [{ quantity: 1, scopeType: 'shared', provisioningState: 'created' }],
    });

    const oldName = { entitlementType: 'virtualmachinereservedinstance' } as const;
    const ownedByOldName = await listEntitlements(pc, CONTOSO, oldName, aCall());
    const same = only(ownedByOldName.filter(({ referenceOrder }) => referenceOrder?.id === id));
    expect(same.entitledArtifacts[0]?.link?.uri).toContain('/artifacts/virtualmachinereservedinstance/');
    expect(await detailsOf(same)).toEqual({ ...details, type: 'virtual_machine_reserved_instance' });
  });

  test('subscriptions are read by id and by order', async () => {
    expect(await getSubscription(pc, CONTOSO, CONTOSO_AZURE, aCall())).toMatchObject({
      offerId: 'MS-AZR-0145P',
      status: 'active',
    });
    const { id } = only(await buy(pc, CONTOSO, await lineFor(pc, CONTOSO, 'CFQ7TTC0LH18', '0001')));
    await afterAWhile();
    const subscriptions = await listSubscriptions(pc, CONTOSO, { orderId: id }, aCall());
    expect(subscriptions).toMatchObject([{ orderId: id, status: 'active', quantity: 1 }]);
    const everything = (await listSubscriptions(pc, CONTOSO, {}, aCall())).map((each) => each.id);
    expect(everything).toEqual(expect.arrayContaining([CONTOSO_AZURE, subscriptions[0]?.id]));
  });
});

/** What the tests above are to call, in the order of the API's documentation. */
const ENDPOINTS = [
  'GET /v1/products',
  'GET /v1/products/{productId}',
  'GET /v1/products/{productId}/skus',
  'GET /v1/products/{productId}/skus/{skuId}',
  'GET /v1/products/{productId}/skus/{skuId}/availabilities',
  'GET /v1/products/{productId}/skus/{skuId}/availabilities/{availabilityId}',
  'GET /v1/customers/{customerId}/products',
  'GET /v1/customers/{customerId}/products/{productId}',
  'GET /v1/customers/{customerId}/products/{productId}/skus',
  'GET /v1/customers/{customerId}/products/{productId}/skus/{skuId}',
  'GET /v1/customers/{customerId}/products/{productId}/skus/{skuId}/availabilities',
  'GET /v1/customers/{customerId}/products/{productId}/skus/{skuId}/availabilities/{availabilityId}',
  'POST /v1/extensions/product/checkInventory',
  'POST /v1/customers/{customerId}/carts',
  'GET /v1/customers/{customerId}/carts/{cartId}',
  'PUT /v1/customers/{customerId}/carts/{cartId}',
  'POST /v1/customers/{customerId}/carts/{cartId}/checkout',
  'GET /v1/customers/{customerId}/orders',
  'GET /v1/customers/{customerId}/orders/{orderId}',
  'GET /v1/customers/{customerId}/orders/{orderId}/provisioningstatus',
  'GET /v1/customers/{customerId}/orders/{orderId}/lineitems/{lineItemNumber}/activationlinks',
  'GET /v1/customers/{customerId}/orders/{orderId}/activationlinks',
  'PATCH /v1/customers/{customerId}/orders/{orderId}',
  'GET /v1/customers/{customerId}/entitlements',
  'GET /v1/customers/{customerId}/artifacts/reservedinstance/groups/{groupId}/lineitems/{lineItemId}/resource/{resourceId}',
  'GET /v1/customers/{customerId}/artifacts/virtualmachinereservedinstance/groups/{groupId}/lineitems/{lineItemId}/resource/{resourceId}',
  'POST /v1/customers/{customerId}/subscriptions/{subscriptionId}/registrations',
  'GET /v1/customers/{customerId}/subscriptions/{subscriptionId}/registrationstatus',
  'GET /v1/customers/{customerId}/subscriptions/{subscriptionId}',
  'GET /v1/customers/{customerId}/subscriptions',
];

test('the tests above called every endpoint', async () => {
  expect(Object.keys(await sandbox.calls())).toEqual(expect.arrayContaining(ENDPOINTS));
});
