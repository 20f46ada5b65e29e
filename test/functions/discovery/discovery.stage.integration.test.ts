import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { resumePurchase } from '#functions/operators/resume-purchase';
import type { PipelineSettings } from '#shared/pipeline/settings';
import { purchaseRequest } from '#shared/domain/purchase-request';

import { Machine } from '#test/support/machine';
import { oneLine, reservation, threeLines } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';

/** Discovery as a purchase meets it: the whole pipeline against the sandbox. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '0', '--list-lag-seconds', '0']);
});
afterEach(() => sandbox.control('/sandbox/reset', {}));
afterAll(() => sandbox.stop());

async function buy(
  request: unknown,
  changes: Partial<PipelineSettings> = {},
  machine = new Machine(sandbox, { settings: changes }),
) {
  const { stored, history } = await machine.buy(purchaseRequest.parse(request));
  const notes = history.filter(({ stage }) => stage === 'discovery').map(({ note }) => note);
  return { ...stored.purchase, notes };
}

const TAILSPIN = '0d9e8c7b-6a5f-4e3d-8c2b-1a0f9e8d7c03';
const saas = { termDuration: 'P1M', billingCycle: 'monthly' };
const softwareSubscription = oneLine('DG7GMGF0FSS1', '0002', { termDuration: 'P1Y', billingCycle: 'one_time' });
const perpetual = oneLine('DG7GMGF0D5P1', '0001');

test('a software subscription is not sold in a market that is listed, and the rejection names country and item', async () => {
  const rejected = await buy(softwareSubscription, { unavailableMarkets: ['DE'] });
  expect(rejected).toMatchObject({
    status: 'rejected',
    reason: { code: 'market-unavailable', message: expect.stringMatching(/DG7GMGF0FSS1\/0002.*DE/) },
  });
  expect(rejected.notes).toEqual([expect.stringContaining('market-unavailable')]);
});

test('a reservation is not sold in a market that is listed', async () => {
  expect(await buy(reservation, { unavailableMarkets: ['US'] })).toMatchObject({
    status: 'rejected',
    reason: { code: 'market-unavailable', message: expect.stringContaining('Azure reservation') },
  });
});

test('both are sold where no list says otherwise, and marketplace SaaS everywhere', async () => {
  expect(await buy(softwareSubscription)).toMatchObject({ status: 'completed' });
  expect(await buy(reservation)).toMatchObject({ status: 'completed' });
  const brazilian = { ...oneLine('DZH318Z0CSA1', '0001', saas), customerId: TAILSPIN };
  expect(await buy(brazilian)).toMatchObject({ status: 'completed', country: 'BR' });
});

test('in Brazil the catalogue itself has no software subscription, which is rejected with the list as advice', async () => {
  expect(await buy({ ...softwareSubscription, customerId: TAILSPIN })).toMatchObject({
    status: 'rejected',
    reason: {
      code: '400013',
      message: expect.stringContaining('BR'),
      advice: expect.stringContaining('not sold in BR'),
    },
  });
});

test('an item that is not available now, which Partner Center says inside an answer of 200, is rejected', async () => {
  await sandbox.control('/sandbox/faults', { kind: 'item-unavailable', route: 'listAvailabilities' });
  expect(await buy(perpetual)).toMatchObject({
    status: 'rejected',
    reason: { code: '400072', message: expect.stringContaining('DG7GMGF0D5P1/0001 is not in the catalogue of DE') },
  });
});

test('perpetual software is bought only by a partner who is qualified for it', async () => {
  expect(await buy(perpetual, { perpetualSoftwareQualified: false })).toMatchObject({
    status: 'rejected',
    reason: { code: 'partner-not-qualified', advice: expect.stringContaining('PERPETUAL_SOFTWARE_QUALIFIED') },
  });
  expect(await buy(perpetual)).toMatchObject({ status: 'completed' });
});

test('every line that is rejected is named', async () => {
  const lines = [
    ...perpetual.lines,
    ...oneLine('DZH318Z0NOP1', '0001', saas).lines,
    { ...perpetual.lines[0], skuId: '9999' },
  ];
  const { reason } = await buy({ ...perpetual, lines }, { perpetualSoftwareQualified: false });
  expect(reason?.message).toMatch(/Line 1: .*Line 2: .*Line 3: .*9999/);
});

test("the request's own country is used instead of the customer's, and the history says so", async () => {
  const { country, offers, notes } = await buy({ ...oneLine('DZH318Z0CSA1', '0001', saas), country: 'US' });
  expect({ country, currency: offers?.[0]?.currencyCode }).toEqual({ country: 'US', currency: 'USD' });
  expect(notes[0]).toContain('market US, as the request says');
});

test('a currency for the whole request is that of every line that names none', async () => {
  expect(await buy({ ...threeLines, currency: 'EUR' })).toMatchObject({ status: 'completed' });
  expect(await buy({ ...threeLines, currency: 'CHF' })).toMatchObject({
    status: 'rejected',
    reason: { message: expect.stringContaining('currency EUR') },
  });
});

test('a reservation for an Azure plan is another availability than one for a subscription', async () => {
  const { customerId } = reservation;
  const bought = await buy({ ...oneLine('DZH318Z0BPS6', '0001'), customerId });
  const azureSubscriptionId = bought.orders?.[0]?.lines[0]?.subscriptionId;
  const lines = reservation.lines.map((line) => ({ ...line, azureSubscriptionId, forAzurePlan: true }));
  const [forPlan, forSubscription] = [await buy({ ...reservation, lines }), await buy(reservation)];
  expect([forPlan.status, forSubscription.status]).toEqual(['completed', 'completed']);
  expect(forPlan.registeredSubscriptions).toEqual([azureSubscriptionId]);
  expect(forPlan.offers?.[0]?.catalogItemId).not.toBe(forSubscription.offers?.[0]?.catalogItemId);
});

test('what is no reservation is not sold for Azure plans', async () => {
  expect(await buy(oneLine('DZH318Z0CSA1', '0001', { ...saas, forAzurePlan: true }))).toMatchObject({
    status: 'rejected',
    reason: { code: 'not-a-reservation', message: expect.stringContaining('Line 1: DZH318Z0CSA1/0001') },
  });
});

test('the availability that a line names is bought, as long as it is there', async () => {
  const { offers } = await buy(oneLine('DZH318Z0CSA1', '0001', saas));
  const catalogItemId = offers?.[0]?.catalogItemId;
  const named = oneLine('DZH318Z0CSA1', '0001', { ...saas, catalogItemId });
  expect(await buy(named)).toMatchObject({ status: 'completed', offers: [{ catalogItemId }] });
  await sandbox.control('/sandbox/faults', { kind: 'rotate-availabilities', route: 'listAvailabilities' });
  expect(await buy(named)).toMatchObject({ status: 'rejected', reason: { code: 'availability-not-found' } });
});

test('an availability that changes before the cart is looked up once more, and the purchase goes on', async () => {
  await sandbox.control('/sandbox/faults', { kind: 'rotate-availabilities', route: 'createCart' });
  const bought = await buy(threeLines);
  expect(bought).toMatchObject({ status: 'completed', attempts: { discovery: 2, cart: 2 } });
  expect(bought.offers?.map(({ catalogItemId }) => catalogItemId)).toEqual(
    bought.orders
      ?.flatMap(({ lines }) => lines)
      .toSorted((a, b) => Number(a.lineId) - Number(b.lineId))
      .map((line) => line.catalogItemId),
  );
});

test('an availability that changes before every cart is a question to a person, not a loop', async () => {
  await sandbox.control('/sandbox/faults', { kind: 'rotate-availabilities', route: 'createCart', times: 5 });
  expect(await buy(threeLines)).toMatchObject({
    status: 'held',
    reason: { code: '10001' },
    attempts: { discovery: 2 },
  });
  expect(await sandbox.orders()).toEqual([]);
});

test('trouble on the way does not use up the one refresh of the catalogue', async () => {
  await sandbox.control('/sandbox/faults', [
    { kind: 'error', status: 409, code: 999999, route: 'listAvailabilities' },
    { kind: 'rotate-availabilities', route: 'createCart' },
  ]);
  const bought = await buy(threeLines);
  expect(bought.notes).toEqual([expect.stringContaining('409/999999'), expect.any(String), expect.any(String)]);
  expect(bought.status).toBe('completed');
});

test('who resumes a purchase whose items kept changing has the catalogue looked at once more', async () => {
  await sandbox.control('/sandbox/faults', { kind: 'rotate-availabilities', route: 'createCart', times: 2 });
  const machine = new Machine(sandbox);
  const { id, status } = await buy(threeLines, {}, machine);
  expect(status).toBe('held');
  await resumePurchase(id, 'again', machine.deps);
  expect((await machine.run(id)).stored.purchase).toMatchObject({ status: 'completed', attempts: { discovery: 3 } });
});

test('customer, product and SKU are read once for many purchases, the availability for each', async () => {
  const machine = new Machine(sandbox);
  const request = oneLine('DZH318Z0CSA1', '0001', saas);
  const before = await sandbox.calls();
  for (let count = 0; count < 3; count++)
    expect(await buy(request, {}, machine)).toMatchObject({ status: 'completed' });
  const after = await sandbox.calls();
  const times = (route: string) => (after[route] ?? 0) - (before[route] ?? 0);
  const catalogue = '/v1/products/{productId}';
  const customer = '/v1/customers/{customerId}';
  expect(times(`GET ${customer}`)).toBe(1);
  expect(times(`GET ${catalogue}`)).toBe(1);
  expect(times(`GET ${catalogue}/skus/{skuId}`)).toBe(1);
  expect(times(`GET ${catalogue}/skus/{skuId}/availabilities`)).toBe(3);
  expect(times(`POST ${customer}/carts`)).toBe(3);
});

test('a reservation that names no Azure subscription is rejected with the member to add', async () => {
  const lines = reservation.lines.map(({ azureSubscriptionId: _left, ...line }) => line);
  expect(await buy({ ...reservation, lines })).toMatchObject({
    status: 'rejected',
    reason: { code: 'azure-subscription-missing', advice: expect.stringContaining('azureSubscriptionId') },
  });
});

const changed = (route: string, at: string, value?: unknown) =>
  sandbox.control('/sandbox/faults', {
    kind: 'change-answer',
    route,
    at,
    times: 100,
    ...(value === undefined ? {} : { value }),
  });

test("an availability with another product's catalogItemId is a contract error that names both, and nothing is bought", async () => {
  await changed('listAvailabilities', 'items.0.catalogItemId', 'DG7GMGF0D5P1:0001:DZH3PQWNQAMB');
  expect(await buy(softwareSubscription)).toMatchObject({
    status: 'held',
    stage: 'discovery',
    reason: {
      code: 'unreadable-answer',
      message: expect.stringMatching(/DG7GMGF0D5P1:0001.*where .*DG7GMGF0FSS1:0002.* was asked for/),
    },
  });
  expect(await sandbox.orders()).toEqual([]);
});

test.each([
  ['getCustomer', 'id', '5f1c6a77-93b8-4f0a-8a8e-7c2f8f3b2c02'],
  ['getProduct', 'id', 'DZH318Z0CSA1'],
  ['getSku', 'productId', 'DZH318Z0CSA1'],
])('what %s answers about something else holds the purchase', async (route, at, value) => {
  await changed(route, at, value);
  expect(await buy(perpetual)).toMatchObject({ status: 'held', reason: { code: 'unreadable-answer' } });
});

test('an availability that cannot be read costs only itself; where nothing else fits, it may be the one: held, not rejected', async () => {
  await changed('listAvailabilities', 'items.0.isPurchasable', 'perhaps');
  expect(await buy(perpetual)).toMatchObject({
    status: 'held',
    reason: { code: 'unreadable-answer', message: expect.stringContaining('1 more could not be read') },
  });
});
