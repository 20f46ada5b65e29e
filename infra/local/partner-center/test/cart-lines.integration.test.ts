import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
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

const CONTOSO_AZURE = 'c0ffee00-0000-4000-8000-000000000001';
const FABRIKAM_AZURE = 'c0ffee00-0000-4000-8000-000000000002';

const licence = { billingCycle: 'monthly', termDuration: 'P1M' };
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const reservation = { termDuration: 'P1Y', provisioningContext: { scope: 'shared', subscriptionId: CONTOSO_AZURE } };

test.each([
  ['an invented item', 'NONE:0001:X', licence, 10001],
  ['an item that is no longer sold', 'DZH318Z0NOP1/0001', licence, 10001],
  ['too few', 'DG7GMGF0D5P1/0001', { quantity: 0 }, 10010],
  ['too many', 'CFQ7TTC0LH18/0001', { ...licence, quantity: 301 }, 10010],
  ['a billing cycle the SKU lacks', 'CFQ7TTC0LH18/0001', { billingCycle: 'triennial', termDuration: 'P1Y' }, 10013],
  ['a term the availability lacks', 'CFQ7TTC0LH18/0001', { ...licence, termDuration: 'P5Y' }, 10010],
  ['a term with the wrong billing cycle', 'CFQ7TTC0LH18/0001', { ...licence, billingCycle: 'annual' }, 10010],
  ['a missing term', 'CFQ7TTC0LH18/0001', { billingCycle: 'monthly' }, 10010],
  ['a term for perpetual software', 'DG7GMGF0D5P1/0001', { termDuration: 'P1Y' }, 10010],
  ['a foreign currency', 'DG7GMGF0D5P1/0001', { currencyCode: 'USD' }, 10000],
  [
    'a participant without an MPN id',
    'DG7GMGF0D5P1/0001',
    { participants: [{ key: 'transaction_reseller', value: 'x' }] },
    10010,
  ],
  ['an unknown promotion', 'DG7GMGF0D5P1/0001', { promotionId: 'X' }, 10014],
  ['an end date for software', 'DG7GMGF0D5P1/0001', { customTermEndDate: '2027-01-01' }, 10016],
  ['an end date that is not a date', 'CFQ7TTC0LH18/0001', { ...licence, customTermEndDate: 'soon' }, 10017],
  ['an end date in the past', 'CFQ7TTC0LH18/0001', { ...licence, customTermEndDate: inDays(-1) }, 10017],
  ['an end date beyond the term', 'CFQ7TTC0LH18/0001', { ...licence, customTermEndDate: inDays(40) }, 10017],
  ['a SKU to attest for', 'CFQ7TTC0LH18/0002', licence, 10012],
  ['too few of the older commerce', 'MS-AZR-0145P', { billingCycle: 'monthly', quantity: 0 }, 10010],
  ['a billing cycle the older commerce lacks', 'MS-AZR-0145P', { billingCycle: 'annual' }, 10013],
  ['a foreign currency in the older commerce', 'MS-AZR-0145P', { billingCycle: 'monthly', currencyCode: 'USD' }, 10000],
  ['a promotion of the older commerce', 'MS-AZR-0145P', { billingCycle: 'monthly', promotionId: 'X' }, 10014],
  ['the agreed failure input on anything', 'NONE:0001:X', { friendlyName: 'sandbox:line-error:10015' }, 10015],
  ['an add-on on its own', 'CFQ7TTC0ADD1/0001', licence, 10010],
  [
    'an add-on to another customer’s subscription',
    'CFQ7TTC0ADD1/0001',
    { ...licence, provisioningContext: { parentSubscriptionId: FABRIKAM_AZURE } },
    10007,
  ],
  ['a reservation without its context', 'DZH318Z0RVM1/00B1', { termDuration: 'P1Y' }, 10010],
  [
    'a reservation with another scope',
    'DZH318Z0RVM1/00B1',
    { ...reservation, provisioningContext: { scope: 'x', subscriptionId: CONTOSO_AZURE } },
    10010,
  ],
  [
    'a reservation on another customer’s subscription',
    'DZH318Z0RVM1/00B1',
    { ...reservation, provisioningContext: { scope: 'single', subscriptionId: FABRIKAM_AZURE } },
    10007,
  ],
  ['a reservation before registration', 'DZH318Z0RVM1/00B1', reservation, 10011],
  ['sold-out stock', 'DZH318Z0RST1/0001', {}, 10003],
  ['the agreed failure input', 'DG7GMGF0D5P1/0001', { friendlyName: 'sandbox:line-error:10002' }, 10002],
])('%s makes a line error, and the cart is created all the same', async (_, item, more, code) => {
  const [productId = '', skuId] = item.split('/');
  const line =
    skuId === undefined
      ? { catalogItemId: item, quantity: 1, billingCycle: 'one_time', ...more }
      : await shopper.line(productId, skuId, more);
  const cart = await shopper.createCart([line]);
  expect(cart.lineItems[0]?.error?.errorCode).toBe(code);
  const refused = await shopper.checkout(cart.id);
  expect(refused).toMatchObject({ status: 400, body: { code: 800009 } });
  expect((await shopper.ledger()).count).toBe(0);
});

/** What can be wrong with the line of a reservation, in the order of the checks. */
const mistakes: readonly (readonly [code: number, change: object])[] = [
  [10010, { quantity: 0 }],
  [10013, { billingCycle: 'weekly' }],
  [10010, { termDuration: 'P9Y' }],
  [10000, { currencyCode: 'USD' }],
  [10004, { participants: [{ key: 'transaction_reseller', value: '1' }] }],
  [10014, { promotionId: 'X' }],
  [10010, { provisioningContext: {} }],
  [10007, { provisioningContext: { scope: 'single', subscriptionId: FABRIKAM_AZURE } }],
  [10011, { provisioningContext: { scope: 'single', subscriptionId: CONTOSO_AZURE } }],
];

test('of several mistakes the first counts, in the documented order; stock and limits come last', async () => {
  await shopper.control('POST', '/settings', { partnerModel: 'direct-bill', microsoftSandbox: true });
  const plain = await shopper.line('DZH318Z0RVM1', '00B1', { termDuration: 'P1Y', quantity: 3 });
  const pairs = mistakes.flatMap(([code, change], index) =>
    mistakes.slice(index).map(([, later]) => ({ code, line: { ...plain, ...later, ...change } })),
  );
  const { lineItems } = await shopper.createCart(pairs.map(({ line }) => line));
  expect(lineItems.map((line) => line.error?.errorCode)).toEqual(pairs.map(({ code }) => code));

  await shopper.ofCustomer('POST', `/subscriptions/${CONTOSO_AZURE}/registrations`);
  const last = { ...plain, provisioningContext: { scope: 'single', subscriptionId: CONTOSO_AZURE } };
  const codeOf = async () => (await shopper.createCart([last])).lineItems[0]?.error?.errorCode;
  expect(await codeOf()).toBe(10009);
  const lost = { kind: 'lose-inventory', route: 'createCart', productId: 'DZH318Z0RVM1', skuId: '00B1' };
  await shopper.control('POST', '/faults', lost);
  expect(await codeOf()).toBe(10003);
});

test('a SKU with an attestation is sold to those who attest, and the end date of a term is kept', async () => {
  const customTermEndDate = inDays(20);
  const line = await shopper.line('CFQ7TTC0LH18', '0002', { ...licence, attestationAccepted: true, customTermEndDate });
  const cart = await shopper.createCart([line]);
  expect(cart.lineItems[0]?.error).toBeUndefined();
  await shopper.checkout(cart.id);
  const { body } = await shopper.ofCustomer('GET', '/subscriptions');
  expect(JSON.stringify(body)).toContain(`"commitmentEndDate":"${customTermEndDate.slice(0, 19)}`);
});

test('the renewal of a trial may be an object, as in the examples, or a list, as in the table', async () => {
  const renewal = { termDuration: 'P1Y' };
  const item = await shopper.line('CFQ7TTC0LH18', '0001', licence);
  const cart = await shopper.createCart([renewal, [renewal], null].map((renewsTo) => ({ ...item, renewsTo })));
  expect(cart.lineItems.map((line) => line['renewsTo'])).toEqual([renewal, renewal, undefined]);
});

test('an Azure plan is bought, registered, and then reservations are bought for it and not for others', async () => {
  const cart = await shopper.createCart([await shopper.line('DZH318Z0BPS6', '0001', { billingCycle: 'monthly' })]);
  await shopper.checkout(cart.id);
  const subscriptionsSchema = z.object({ items: z.array(z.looseObject({ id: z.string(), offerId: z.string() })) });
  const { items } = subscriptionsSchema.parse((await shopper.ofCustomer('GET', '/subscriptions')).body);
  const plan = items.find((one) => one.offerId.startsWith('DZH318Z0BPS6:0001:'));
  expect(plan).toMatchObject({ billingType: 'usage', status: 'active' });
  for (const id of [plan?.id, CONTOSO_AZURE])
    await shopper.ofCustomer('POST', `/subscriptions/${id ?? ''}/registrations`);
  const path = '/products/DZH318Z0RVM1/skus/00B1/availabilities?reservationScope=AzurePlan';
  const found = z
    .object({ items: z.array(z.object({ catalogItemId: z.string() })) })
    .parse((await shopper.ofCustomer('GET', path)).body);
  const forPlans = found.items[0]?.catalogItemId;
  const forOthers = await shopper.catalogItemId('DZH318Z0RVM1', '00B1');
  const reserve = (catalogItemId: string | undefined, subscriptionId: string | undefined) => ({
    catalogItemId,
    quantity: 1,
    billingCycle: 'one_time',
    termDuration: 'P1Y',
    provisioningContext: { scope: 'shared', subscriptionId },
  });
  const { lineItems } = await shopper.createCart([
    reserve(forPlans, plan?.id),
    reserve(forPlans, CONTOSO_AZURE),
    reserve(forOthers, CONTOSO_AZURE),
    reserve(forOthers, plan?.id),
  ]);
  expect(lineItems.map((line) => line.error?.errorCode)).toEqual([undefined, 10008, undefined, 10008]);
});

test('a direct-bill partner may not name participants', async () => {
  const line = await shopper.line('DG7GMGF0D5P1', '0001', {
    participants: [{ key: 'transaction_reseller', value: '1' }],
  });
  expect((await shopper.createCart([line])).lineItems[0]?.error).toBeUndefined();
  await shopper.control('POST', '/settings', { partnerModel: 'direct-bill' });
  expect((await shopper.createCart([line])).lineItems[0]?.error?.errorCode).toBe(10004);
});

test("Microsoft's own sandbox allows five subscriptions, and what was cancelled no longer counts", async () => {
  await shopper.control('POST', '/settings', { microsoftSandbox: true });
  const line = await shopper.line('CFQ7TTC0LH18', '0001', licence);
  const codeOf = async () => (await shopper.createCart([line])).lineItems[0]?.error?.errorCode;
  // The customer has one of them already.
  const bought = await shopper.createCart([line, line, line, line]);
  await shopper.checkout(bought.id);
  expect(await codeOf()).toBe(10009);
  const [order] = (await shopper.ledger()).orders;
  await shopper.ofCustomer('PATCH', `/orders/${order?.orderId ?? ''}`, {
    body: { status: 'cancelled', lineItems: [{ lineItemNumber: 0 }] },
  });
  expect(await codeOf()).toBeUndefined();
});

test("Microsoft's own sandbox allows 25 licences and two reserved instances", async () => {
  await shopper.control('POST', '/settings', { microsoftSandbox: true });
  await shopper.ofCustomer('POST', `/subscriptions/${CONTOSO_AZURE}/registrations`);
  const reserve = (quantity: number) => shopper.line('DZH318Z0RVM1', '00B1', { ...reservation, quantity });
  const codes = (
    await shopper.createCart([
      await shopper.line('CFQ7TTC0LH18', '0001', { ...licence, quantity: 26 }),
      await reserve(3),
    ])
  ).lineItems;
  expect(codes.map((line) => line.error?.errorCode)).toEqual([10009, 10009]);
  expect((await shopper.createCart([await reserve(2)])).lineItems[0]?.error).toBeUndefined();
});

test('a reservation can be bought once its subscription is registered', async () => {
  const status = async () =>
    (await shopper.ofCustomer('GET', `/subscriptions/${CONTOSO_AZURE}/registrationstatus`)).body;
  await shopper.control('POST', '/settings', { registrationDelaySeconds: 60 });
  expect(await status()).toMatchObject({ status: 'notregistered' });
  const registered = await shopper.ofCustomer('POST', `/subscriptions/${CONTOSO_AZURE}/registrations`);
  expect(registered.status).toBe(202);
  expect(registered.body).toBeUndefined();
  expect(registered.headers['location']).toMatch(/^\/customers\/.+\/registrationstatus$/);
  expect(await status()).toMatchObject({ status: 'registering' });
  await shopper.advance(61);
  expect(await status()).toMatchObject({ status: 'registered' });
  const cart = await shopper.createCart([await shopper.line('DZH318Z0RVM1', '00B1', reservation)]);
  expect(cart.lineItems[0]?.error).toBeUndefined();
});
