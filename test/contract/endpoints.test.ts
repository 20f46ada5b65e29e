import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listAuditRecords } from '#shared/partner-center/audit-records';
import { checkoutCart, createCart, getCart, updateCart, type NewCartLine } from '#shared/partner-center/carts';
import {
  getAvailability,
  getProduct,
  getSku,
  listAvailabilities,
  listProducts,
  listSkus,
  type CatalogScope,
} from '#shared/partner-center/catalog';
import {
  getAccountValidation,
  getCustomer,
  getOldQualification,
  listCustomers,
  listQualifications,
  setQualification,
} from '#shared/partner-center/customers';
import { getReservationDetails, listEntitlements } from '#shared/partner-center/entitlements';
import { checkInventory } from '#shared/partner-center/inventory';
import {
  downloadReceipt,
  downloadStatement,
  getInvoice,
  getInvoiceSummary,
  listEstimateLinks,
  listInvoices,
  listInvoiceSummaries,
} from '#shared/partner-center/invoices';
import { listInvoiceLineItems, listUnbilledLineItems } from '#shared/partner-center/line-items';
import {
  cancelOrder,
  getOrder,
  getProvisioningStatus,
  listActivationLinks,
  listOrders,
  type Order,
} from '#shared/partner-center/orders';
import {
  getRegistrationStatus,
  getSubscription,
  listSubscriptions,
  registerSubscription,
} from '#shared/partner-center/subscriptions';
import type { Transport } from '#shared/partner-center/transport';
import {
  createWebhook,
  getTestEvent,
  getWebhook,
  listWebhookEvents,
  replaceWebhook,
  sendTestEvent,
} from '#shared/partner-center/webhooks';
import { aCall, all, clientOf, CONTOSO, CONTOSO_AZURE, FABRIKAM, FABRIKAM_AZURE, until } from './client-of-sandbox';
import { startSandbox, type Sandbox } from './sandbox-process';

let sandbox: Sandbox;
let pc: Transport;
beforeAll(async () => {
  sandbox = await startSandbox();
  await sandbox.set({ orderDelaySeconds: 0.2, listLagSeconds: 0.3, registrationDelaySeconds: 0.2 });
  pc = clientOf(sandbox.origin, { limits: { partnerPerMinute: Infinity, customerPerMinute: Infinity } }).pc;
});
afterAll(() => sandbox.stop());

/** A line for a product as it is sold now. */
async function lineFor(
  customerId: string,
  productId: string,
  skuId: string,
  changes: Partial<NewCartLine> = {},
): Promise<NewCartLine> {
  const sku = await getSku(pc, { customerId }, productId, skuId, {}, aCall());
  const [availability] = await listAvailabilities(pc, { customerId }, productId, skuId, {}, aCall());
  if (availability === undefined) throw new Error(`${productId} is not sold`);
  const term = availability.terms[0];
  return {
    catalogItemId: availability.catalogItemId,
    quantity: 1,
    billingCycle: term?.billingCycle ?? sku.supportedBillingCycles[0] ?? 'none',
    termDuration: term?.duration,
    ...changes,
  };
}

async function buy(customerId: string, ...lines: NewCartLine[]): Promise<readonly Order[]> {
  const cart = await createCart(pc, customerId, { lineItems: lines }, aCall());
  expect(cart.lineItems.map(({ error }) => error)).toEqual(lines.map(() => undefined));
  const { orders, orderErrors } = await checkoutCart(pc, customerId, cart.id, aCall());
  expect(orderErrors).toEqual([]);
  return orders;
}

function only<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error(`expected one, got ${items.length}`);
  return item;
}

async function sizeOf(pdf: { readonly body: NodeJS.ReadableStream }): Promise<{ size: number; head: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of pdf.body) chunks.push(Buffer.from(chunk));
  const bytes = Buffer.concat(chunks);
  return { size: bytes.length, head: bytes.subarray(0, 5).toString() };
}

describe('customers', () => {
  test('one by id has a country, the list has all of them', async () => {
    expect(await getCustomer(pc, CONTOSO, aCall())).toMatchObject({
      id: CONTOSO,
      country: 'DE',
      relationshipToPartner: 'reseller',
    });
    expect((await all(listCustomers(pc, {}, aCall()))).map(({ id }) => id)).toEqual(
      expect.arrayContaining([CONTOSO, FABRIKAM]),
    );
  });

  test('a filter finds by the beginning of the name', async () => {
    const found = await all(listCustomers(pc, { filter: { field: 'CompanyName', startsWith: 'Fab' } }, aCall()));
    expect(found.map(({ id }) => id)).toEqual([FABRIKAM]);
  });

  test('qualifications are set and read, in both forms', async () => {
    await setQualification(pc, FABRIKAM, { qualification: 'education' }, aCall());
    const found = await listQualifications(pc, FABRIKAM, aCall());
    expect(found.map(({ qualification }) => qualification)).toContain('education');
    expect(typeof (await getOldQualification(pc, FABRIKAM, aCall()))).toBe('string');
  });

  test('an account without validation has none', async () => {
    expect(await getAccountValidation(pc, CONTOSO, aCall())).toBeUndefined();
  });
});

describe.each<[what: string, scope: CatalogScope]>([
  ['by country', { country: 'DE' }],
  ['by customer', { customerId: CONTOSO }],
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
    const forSubscriptions = await listAvailabilities(pc, scope, 'DZH318Z0RVM1', '00B1', {}, aCall());
    const plans = { reservationScope: 'AzurePlan' } as const;
    expect(await listAvailabilities(pc, scope, 'DZH318Z0RVM1', '00B1', plans, aCall())).not.toEqual(forSubscriptions);
  });

  test('marks what is not for sale', async () => {
    const availabilities = await listAvailabilities(pc, scope, 'DZH318Z0NOP1', '0001', {}, aCall());
    expect(availabilities.filter(({ isPurchasable }) => isPurchasable)).toEqual([]);
  });
});

describe('inventory', () => {
  const inventoryContext = { customerId: FABRIKAM, azureSubscriptionId: FABRIKAM_AZURE, armRegionName: 'westeurope' };

  test('tells restricted from free, and leaves out what it does not know', async () => {
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
});

describe('carts and orders', () => {
  test('a cart is made, read, changed and checked out; the orders follow', async () => {
    const licence = await lineFor(CONTOSO, 'CFQ7TTC0LH18', '0001', { quantity: 3 });
    const software = await lineFor(CONTOSO, 'DG7GMGF0D5P1', '0001');
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

    for (const { id } of orders) {
      const done = await until(
        () => getOrder(pc, CONTOSO, id, { includePrice: true }, aCall()),
        ({ status }) => status === 'completed',
      );
      expect(done.totalPrice).toMatch(/^\d+(\.\d+)?$/);
      const lines = await until(
        () => getProvisioningStatus(pc, CONTOSO, id, aCall()),
        (found) => found.every(({ status }) => status === 'fulfilled'),
      );
      expect(lines).toHaveLength(1);
    }
    const ids = orders.map(({ id }) => id);
    const listed = await until(
      () => listOrders(pc, CONTOSO, {}, aCall()),
      (found) => ids.every((id) => found.some((order) => order.id === id)),
    );
    expect(listed.length).toBeGreaterThanOrEqual(2);
    const oneTime = await listOrders(pc, CONTOSO, { billingType: 'one_time' }, aCall());
    expect(oneTime.every(({ billingCycle }) => billingCycle === 'one_time')).toBe(true);
    expect(oneTime.some(({ id }) => ids.includes(id))).toBe(true);
  });

  test('checking out again gives the same orders and buys nothing', async () => {
    const cart = await createCart(
      pc,
      CONTOSO,
      { lineItems: [await lineFor(CONTOSO, 'DG7GMGF0D5P1', '0001')] },
      aCall(),
    );
    const first = await checkoutCart(pc, CONTOSO, cart.id, aCall());
    const second = await checkoutCart(pc, CONTOSO, cart.id, aCall());
    expect(second.orders.map(({ id }) => id)).toEqual(first.orders.map(({ id }) => id));
  });

  test('the same request id makes one cart', async () => {
    const lines = { lineItems: [await lineFor(CONTOSO, 'DG7GMGF0D5P1', '0001')] };
    const call = aCall();
    expect((await createCart(pc, CONTOSO, lines, call)).id).toBe((await createCart(pc, CONTOSO, lines, call)).id);
  });

  test('an add-on is bought with its parent', async () => {
    const licence = await lineFor(CONTOSO, 'CFQ7TTC0LH18', '0001');
    const addOn = await lineFor(CONTOSO, 'CFQ7TTC0ADD1', '0001', {
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
    const { id } = only(await buy(CONTOSO, await lineFor(CONTOSO, 'DZH318Z0CSA1', '0001')));
    const links = await until(
      () => listActivationLinks(pc, CONTOSO, id, undefined, aCall()),
      (found) => found.length > 0,
    );
    expect(links[0]?.link.uri).toMatch(/^https?:/);
    expect(await listActivationLinks(pc, CONTOSO, id, 0, aCall())).toEqual(links);
  });

  test('software can be cancelled within its window', async () => {
    const { id } = only(await buy(CONTOSO, await lineFor(CONTOSO, 'DG7GMGF0D5P1', '0001')));
    await until(
      () => getOrder(pc, CONTOSO, id, {}, aCall()),
      ({ status }) => status === 'completed',
    );
    const cancelled = await cancelOrder(pc, CONTOSO, id, undefined, aCall());
    expect(cancelled).toMatchObject({ id, status: 'cancelled' });
  });
});

describe('reservations', () => {
  test('a subscription is registered, a reservation bought, and its details are found', async () => {
    expect((await getRegistrationStatus(pc, CONTOSO, CONTOSO_AZURE, aCall())).status).toBe('notregistered');
    await registerSubscription(pc, CONTOSO, CONTOSO_AZURE, aCall());
    await until(
      () => getRegistrationStatus(pc, CONTOSO, CONTOSO_AZURE, aCall()),
      ({ status }) => status === 'registered',
    );

    const provisioningContext = { subscriptionId: CONTOSO_AZURE, scope: 'shared' };
    const { id } = only(await buy(CONTOSO, await lineFor(CONTOSO, 'DZH318Z0RVM1', '00B1', { provisioningContext })));
    await until(
      () => getOrder(pc, CONTOSO, id, {}, aCall()),
      ({ status }) => status === 'completed',
    );
    const owned = await until(
      () => listEntitlements(pc, CONTOSO, { entitlementType: 'reservedinstance', showExpiry: true }, aCall()),
      (found) => found.some(({ referenceOrder }) => referenceOrder?.id === id),
    );
    const entitlement = owned.find(({ referenceOrder }) => referenceOrder?.id === id);
    const link = entitlement?.entitledArtifacts[0]?.link;
    if (link === undefined) throw new Error('the reservation has no artifact');
    const details = await getReservationDetails(pc, CONTOSO, link, aCall());
    expect(details.reservations[0]).toMatchObject({ quantity: 1, scopeType: 'shared' });
  });

  test('subscriptions are read by id and by order', async () => {
    expect(await getSubscription(pc, CONTOSO, CONTOSO_AZURE, aCall())).toMatchObject({
      offerId: 'MS-AZR-0145P',
      status: 'active',
    });
    const { id } = only(await buy(CONTOSO, await lineFor(CONTOSO, 'CFQ7TTC0LH18', '0001')));
    const subscriptions = await until(
      () => listSubscriptions(pc, CONTOSO, { orderId: id }, aCall()),
      (found) => found.length > 0,
    );
    expect(subscriptions[0]?.orderId).toBe(id);
  });
});

describe('invoices', () => {
  test('the list has amendments, and every invoice is read by id', async () => {
    const invoices = await all(listInvoices(pc, {}, aCall()));
    expect(invoices.some(({ amendments }) => amendments.length > 0)).toBe(true);
    for (const { id, totalCharges, currencyCode } of invoices) {
      expect(await getInvoice(pc, id, aCall())).toMatchObject({ id, totalCharges, currencyCode });
    }
  });

  test('a window of dates bounds the list', async () => {
    const invoices = await all(listInvoices(pc, {}, aCall()));
    const [newest] = invoices
      .map(({ invoiceDate }) => invoiceDate?.slice(0, 10) ?? '')
      .toSorted()
      .toReversed();
    const windowed = await all(listInvoices(pc, { from: newest, to: '2999-01-01' }, aCall()));
    expect(windowed.length).toBeGreaterThan(0);
    expect(windowed.length).toBeLessThan(invoices.length);
    expect(windowed.every(({ invoiceDate }) => (invoiceDate ?? '') >= (newest ?? ''))).toBe(true);
  });

  test('statements are PDFs of the announced length, the same bytes every time', async () => {
    for (const { id } of await all(listInvoices(pc, {}, aCall()))) {
      const pdf = await downloadStatement(pc, id, aCall());
      expect(pdf.contentType).toBe('application/pdf');
      expect(await sizeOf(pdf)).toEqual({ size: pdf.contentLength, head: '%PDF-' });
    }
  });

  test('a tax receipt is a PDF too', async () => {
    const invoice = (await all(listInvoices(pc, {}, aCall()))).find(({ taxReceiptIds }) => taxReceiptIds.length > 0);
    expect(invoice).toBeDefined();
    if (invoice === undefined) return;
    const pdf = await downloadReceipt(pc, invoice.id, invoice.taxReceiptIds[0] ?? '', aCall());
    expect((await sizeOf(pdf)).head).toBe('%PDF-');
  });

  test('the balance is told in one currency and in all', async () => {
    const balance = await getInvoiceSummary(pc, aCall());
    const balances = await listInvoiceSummaries(pc, aCall());
    expect(balances.map(({ currencyCode }) => currencyCode)).toContain(balance.currencyCode);
    expect(balance.balanceAmount).toMatch(/^-?\d+(\.\d+)?$/);
  });

  test('line items of every kind come in their shape', async () => {
    const invoices = await all(listInvoices(pc, {}, aCall()));
    const old = invoices.find(({ invoiceType }) => invoiceType === 'recurring')?.id ?? '';
    const modern = invoices.find(({ invoiceType }) => invoiceType === 'one_time')?.id ?? '';
    const kinds = [
      await all(listInvoiceLineItems(pc, old, { provider: 'office', lines: 'billing' }, aCall())),
      await all(listInvoiceLineItems(pc, old, { provider: 'office', lines: 'billing', form: 'path' }, aCall())),
      await all(listInvoiceLineItems(pc, old, { provider: 'azure', lines: 'billing' }, aCall())),
      await all(listInvoiceLineItems(pc, old, { provider: 'azure', lines: 'usage' }, aCall())),
      await all(listInvoiceLineItems(pc, modern, { provider: 'onetime', lines: 'billing' }, aCall())),
      await all(listInvoiceLineItems(pc, modern, { provider: 'onetime', lines: 'usage' }, aCall())),
    ].map((lines) => [...new Set(lines.map(({ kind }) => kind))]);
    expect(kinds).toEqual([['license'], ['license'], ['usage'], ['daily_usage'], ['one_time'], ['daily_rated_usage']]);
  });

  test('unbilled line items and the links to them are there', async () => {
    expect(await listEstimateLinks(pc, 'EUR', aCall())).not.toHaveLength(0);
    const lines = await all(
      listUnbilledLineItems(pc, { lines: 'billing', currencyCode: 'EUR', period: 'current' }, aCall()),
    );
    expect(lines.every(({ kind }) => kind === 'one_time')).toBe(true);
  });
});

describe('audit records and webhooks', () => {
  test('an order leaves an audit record with the correlation id of its checkout', async () => {
    const cart = await createCart(
      pc,
      CONTOSO,
      { lineItems: [await lineFor(CONTOSO, 'DG7GMGF0D5P1', '0001')] },
      aCall(),
    );
    const call = aCall();
    await checkoutCart(pc, CONTOSO, cart.id, call);
    const startDate = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const records = await until(
      () => all(listAuditRecords(pc, { startDate, filter: { customerId: CONTOSO } }, aCall())),
      (found) => found.some(({ originalCorrelationId }) => originalCorrelationId === call.correlationId),
    );
    expect(
      records.find(({ originalCorrelationId }) => originalCorrelationId === call.correlationId)?.operationType,
    ).toBe('create_order');
  });

  test('a webhook is registered once and then replaced', async () => {
    const wanted = {
      webhookUrl: 'https://cartage.example/api/invoice-ready',
      webhookEvents: ['invoice-ready', 'test-created'],
    };
    expect(await listWebhookEvents(pc, aCall())).toEqual(expect.arrayContaining(wanted.webhookEvents));
    expect(await getWebhook(pc, aCall())).toBeUndefined();
    await createWebhook(pc, wanted, aCall());
    await expect(createWebhook(pc, wanted, aCall())).rejects.toMatchObject({ status: 409 });
    await replaceWebhook(pc, { ...wanted, signatureTokenToMsSignatureHeader: true }, aCall());
    expect(await getWebhook(pc, aCall())).toMatchObject({ ...wanted, signatureTokenToMsSignatureHeader: true });
    const event = await sendTestEvent(pc, aCall());
    expect(await getTestEvent(pc, event, aCall())).toMatchObject({ correlationId: event });
  });
});
