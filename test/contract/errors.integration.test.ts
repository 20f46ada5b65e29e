import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { lookUpCartLineError } from '#shared/partner-center/errors/cart-line-errors';
import type { Transport } from '#shared/partner-center/http/transport';
import {
  checkoutCart,
  createCart,
  getCart,
  updateCart,
  type Cart,
  type NewCartLine,
} from '#shared/partner-center/resources/carts';
import {
  getAvailability,
  getProduct,
  getSku,
  listAvailabilities,
  listProducts,
} from '#shared/partner-center/resources/catalogue';
import { getCustomer } from '#shared/partner-center/resources/customers';
import { checkInventory } from '#shared/partner-center/resources/inventory';
import { downloadStatement, getInvoice, getInvoiceSummary } from '#shared/partner-center/resources/invoices';
import { cancelOrder, getOrder, getProvisioningStatus } from '#shared/partner-center/resources/orders';
import { getRegistrationStatus, getSubscription } from '#shared/partner-center/resources/subscriptions';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { aCall, clientOf, CONTOSO, CONTOSO_AZURE, FABRIKAM } from './client-of-sandbox';

const NOBODY = '99999999-9999-4999-8999-999999999999';
const WIDE = { limits: { partnerPerMinute: Infinity, customerPerMinute: Infinity } };
const DE = { kind: 'market', country: 'DE' } as const;

let sandbox: TestSandbox;
let pc: Transport;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  pc = sandbox.partnerCenter;
});
afterEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

const set = (settings: object) => sandbox.control('/sandbox/settings', settings);

async function soldNow(productId: string, skuId: string): Promise<string> {
  const [availability] = await listAvailabilities(
    pc,
    { kind: 'customer', customerId: CONTOSO },
    productId,
    skuId,
    {},
    aCall(),
  );
  return availability?.catalogItemId ?? '';
}

async function perpetual(changes: Partial<NewCartLine> = {}): Promise<NewCartLine> {
  return { catalogItemId: await soldNow('DG7GMGF0D5P1', '0001'), quantity: 1, billingCycle: 'one_time', ...changes };
}

async function licence(changes: Partial<NewCartLine> = {}): Promise<NewCartLine> {
  const catalogItemId = await soldNow('CFQ7TTC0LH18', '0001');
  return { catalogItemId, quantity: 1, billingCycle: 'monthly', termDuration: 'P1M', ...changes };
}

async function reservation(): Promise<NewCartLine> {
  const catalogItemId = await soldNow('DZH318Z0RVM1', '00B1');
  const provisioningContext = { subscriptionId: CONTOSO_AZURE, scope: 'shared' };
  return { catalogItemId, quantity: 1, billingCycle: 'one_time', termDuration: 'P1Y', provisioningContext };
}

function cartOf(...lineItems: NewCartLine[]): Promise<Cart> {
  return createCart(pc, CONTOSO, { lineItems }, aCall());
}

describe('what does not exist', () => {
  const cases: readonly (readonly [what: string, ask: () => Promise<unknown>, code: string, remedy: string])[] = [
    ['a customer', () => getCustomer(pc, NOBODY, aCall()), '60003', 'reject'],
    ['a product', () => getProduct(pc, DE, 'NOSUCHTHING1', {}, aCall()), '400013', 'refresh-catalogue'],
    ['a SKU', () => getSku(pc, DE, 'CFQ7TTC0LH18', '9999', {}, aCall()), '400018', 'refresh-catalogue'],
    [
      'an availability',
      () => getAvailability(pc, DE, 'CFQ7TTC0LH18', '0001', 'NOSUCHTHING1', aCall()),
      '400019',
      'refresh-catalogue',
    ],
    ['a cart', () => getCart(pc, CONTOSO, NOBODY, aCall()), '800008', 'refresh-catalogue'],
    ['an order', () => getOrder(pc, CONTOSO, 'f76c6b7f449d', {}, aCall()), '20000', 'wait'],
    ['a subscription', () => getSubscription(pc, CONTOSO, NOBODY, aCall()), '20003', 'reject'],
    ['a registration', () => getRegistrationStatus(pc, CONTOSO, NOBODY, aCall()), '20003', 'reject'],
  ];

  test.each(cases)('%s', async (_what, ask, code, remedy) => {
    await expect(ask()).rejects.toMatchObject({ status: 404, code, remedy, outcomeKnown: true });
  });

  test('an invoice', async () => {
    await expect(getInvoice(pc, 'G999999999', aCall())).rejects.toMatchObject({ status: 404, remedy: 'reject' });
    await expect(downloadStatement(pc, 'G999999999', aCall())).rejects.toMatchObject({ status: 404, remedy: 'reject' });
  });

  test("another customer's cart", async () => {
    const { id } = await cartOf(await perpetual());
    await expect(getCart(pc, FABRIKAM, id, aCall())).rejects.toMatchObject({ code: '800008' });
  });
});

describe('what is not allowed', () => {
  test('an unknown view of the catalogue', async () => {
    await expect(listProducts(pc, DE, 'Gardening', {}, aCall())).rejects.toMatchObject({
      remedy: 'reject',
      outcomeKnown: true,
    });
  });

  test('an inventory check without what it needs', async () => {
    const targetItems = [{ productId: 'DZH318Z0RVM1', skuId: '00B1' }];
    const question = { country: 'DE', targetItems, inventoryContext: {} };
    await expect(checkInventory(pc, question, aCall())).rejects.toMatchObject({
      status: 400,
      code: '800002',
      remedy: 'reject',
    });
  });

  test('an empty cart', async () => {
    await expect(cartOf()).rejects.toMatchObject({ status: 400, code: '800002', remedy: 'reject', outcomeKnown: true });
  });

  test('a change of a cart that was checked out', async () => {
    const { id } = await cartOf(await perpetual());
    await checkoutCart(pc, CONTOSO, id, aCall());
    const change = updateCart(pc, CONTOSO, id, { lineItems: [await perpetual({ quantity: 2 })] }, aCall());
    await expect(change).rejects.toMatchObject({ status: 400, code: '800065', remedy: 'verify' });
  });

  test('cancelling a new-commerce order, or software after its window', async () => {
    const seats = await checkoutCart(pc, CONTOSO, (await cartOf(await licence())).id, aCall());
    await expect(cancelOrder(pc, CONTOSO, seats.orders[0]?.id ?? '', undefined, aCall())).rejects.toMatchObject({
      remedy: 'reject',
      outcomeKnown: true,
    });
    await set({ cancelWindowSeconds: 0 });
    const software = await checkoutCart(pc, CONTOSO, (await cartOf(await perpetual())).id, aCall());
    const id = software.orders[0]?.id ?? '';
    await sandbox.advance(10);
    expect((await getOrder(pc, CONTOSO, id, {}, aCall())).status).toBe('completed');
    await expect(cancelOrder(pc, CONTOSO, id, undefined, aCall())).rejects.toMatchObject({
      code: '900117',
      remedy: 'reject',
    });
  });
});

describe('lines that cannot be bought come back in the cart', () => {
  const cases: readonly (readonly [what: string, line: () => Promise<NewCartLine>, names: readonly string[]])[] = [
    [
      'an outdated catalog item',
      () => perpetual({ catalogItemId: 'DG7GMGF0D5P1:0001:OUTDATED0000' }),
      ['CatalogItemIdIsNotValid'],
    ],
    ['a foreign currency', () => perpetual({ currencyCode: 'JPY' }), ['CurrencyIsNotSupported']],
    ['a billing cycle it has not', () => licence({ billingCycle: 'triennial' }), ['BillingPlanNotSupported']],
    ['a term it has not', () => licence({ termDuration: 'P9Y' }), ['InvalidInput']],
    ['too many', () => licence({ quantity: 100_000 }), ['InvalidInput', 'QuotaNotAvailable']],
    ['a promotion it has not', () => licence({ promotionId: 'nonsense' }), ['InvalidPromotionId']],
    ['a subscription that is not registered', reservation, ['SubscriptionNotRegistered']],
    [
      'a subscription that is none',
      async () => ({ ...(await reservation()), provisioningContext: { subscriptionId: NOBODY, scope: 'shared' } }),
      ['SubscriptionIsNotValid'],
    ],
  ];

  test.each(cases)('%s', async (_what, line, names) => {
    const cart = await cartOf(await line());
    const code = cart.lineItems[0]?.error?.errorCode ?? 'none';
    expect(names).toContain(lookUpCartLineError(code).name);
    await expect(checkoutCart(pc, CONTOSO, cart.id, aCall())).rejects.toMatchObject({
      code: '800009',
      remedy: 'reject',
      outcomeKnown: true,
    });
  });

  test('participants of a direct-bill partner', async () => {
    await set({ partnerModel: 'direct-bill' });
    const cart = await cartOf(await licence({ participants: [{ key: 'transaction_reseller', value: '1234567' }] }));
    expect(lookUpCartLineError(cart.lineItems[0]?.error?.errorCode ?? '').name).toBe(
      'ParticipantsIsNotSupportedForPartner',
    );
  });
});

describe('carts in time', () => {
  test('an expired cart is gone', async () => {
    await set({ cartLifeSeconds: 60 });
    const { id, expirationTimestamp } = await cartOf(await perpetual());
    const life = (Date.parse(expirationTimestamp ?? '') - sandbox.now().getTime()) / 1000;
    expect([life > 30, life <= 60]).toEqual([true, true]);
    await sandbox.advance(60);
    await expect(getCart(pc, CONTOSO, id, aCall())).rejects.toMatchObject({ code: '800008' });
    await expect(checkoutCart(pc, CONTOSO, id, aCall())).rejects.toMatchObject({
      code: '800008',
      remedy: 'refresh-catalogue',
      outcomeKnown: true,
    });
  });

  test('a second checkout of an older Partner Center is recognized, and the orders are found', async () => {
    await set({ checkoutReplay: 'error-800065' });
    const { id } = await cartOf(await perpetual());
    await checkoutCart(pc, CONTOSO, id, aCall());
    await expect(checkoutCart(pc, CONTOSO, id, aCall())).rejects.toMatchObject({
      code: '800065',
      remedy: 'verify',
      outcomeKnown: false,
    });
    expect((await getCart(pc, CONTOSO, id, aCall())).status).toBe('ordered');
  });
});

/** For the sandbox alone: the clock of these clients stands still, so that they take their tokens for good. */
const TOKEN_LIFE_SECONDS = 3600;

describe('tokens', () => {
  test('an expired token is replaced on the way', async () => {
    const { pc: behind, tokens } = clientOf(sandbox.url);
    await getCustomer(behind, CONTOSO, aCall());
    const old = await tokens.get('app', aCall());
    await sandbox.advance(TOKEN_LIFE_SECONDS);
    await getCustomer(behind, CONTOSO, aCall());
    expect(await tokens.get('app', aCall())).not.toBe(old);
  });

  test('the retired audience is refused', async () => {
    const old = clientOf(sandbox.url, { audience: 'https://graph.windows.net' });
    await expect(getCustomer(old.pc, CONTOSO, aCall())).rejects.toMatchObject({ remedy: 'hold', outcomeKnown: true });
  });

  test('a national cloud is four settings, and takes no token of another cloud', async () => {
    await set({ cloud: 'china' });
    const china = clientOf(sandbox.url, {
      authorityHost: 'https://login.partner.microsoftonline.cn',
      audience: 'https://partner.partnercenterapi.microsoftonline.cn',
    });
    expect(await getCustomer(china.pc, CONTOSO, aCall())).toMatchObject({ id: CONTOSO });
    expect(await getInvoice(china.pc, 'G000024135', aCall())).toMatchObject({ id: 'G000024135' });
    const foreign = clientOf(sandbox.url);
    await expect(getCustomer(foreign.pc, CONTOSO, aCall())).rejects.toMatchObject({ remedy: 'hold' });
  });

  test('a wrong secret needs an operator', async () => {
    const wrong = clientOf(sandbox.url, { secrets: { secret: 'not-the-secret' } });
    await expect(getCustomer(wrong.pc, CONTOSO, aCall())).rejects.toMatchObject({
      remedy: 'hold',
      code: 'AADSTS7000215',
    });
    expect(wrong.tokens.health().app.state).toBe('failed');
  });

  test('a revoked consent stops the calls that need a user, and no others', async () => {
    const revoked = clientOf(sandbox.url, { secrets: { refresh: 'revoked' } });
    await expect(downloadStatement(revoked.pc, 'G000024135', aCall())).rejects.toMatchObject({ remedy: 'hold' });
    await expect(getInvoiceSummary(revoked.pc, aCall())).resolves.toBeDefined();
  });

  test('the app token is not enough where a user is needed', async () => {
    const appOnly: Transport = {
      ...pc,
      send: (request, call) => pc.send({ ...request, token: 'app' }, call),
    };
    await expect(getProvisioningStatus(appOnly, CONTOSO, 'f76c6b7f449d', aCall())).rejects.toMatchObject({
      status: 403,
      code: '900329',
      remedy: 'hold',
    });
  });

  test('the rotated refresh token goes on working where the old one ends with its use', async () => {
    await set({ refreshTokenReuse: false });
    const { pc: rotating } = clientOf(sandbox.url);
    for (let turn = 0; turn < 3; turn += 1) {
      await getInvoice(rotating, 'G000024135', aCall());
      await sandbox.advance(TOKEN_LIFE_SECONDS);
    }
    const { pc: late } = clientOf(sandbox.url);
    await expect(getInvoice(late, 'G000024135', aCall())).rejects.toMatchObject({ remedy: 'hold' });
  });
});

describe('throttling', () => {
  test('a 429 becomes a wait that every caller respects', async () => {
    await set({ throttlePerMinute: 3 });
    const { pc: eager } = clientOf(sandbox.url, WIDE);
    const answers = [];
    for (let turn = 0; turn < 6; turn += 1) {
      answers.push(await getCustomer(eager, CONTOSO, aCall()).catch((error: unknown) => error));
    }
    const refused = answers.filter((answer) => answer instanceof Error);
    expect(refused[0]).toMatchObject({ status: 429, remedy: 'wait', retryAfterSeconds: expect.any(Number) });
    expect(refused.length).toBeGreaterThan(1);
    for (const error of refused.slice(1)) expect(error).toMatchObject({ code: 'throttled' });
  });
});

describe('odd but allowed answers', () => {
  test.each([
    ['a byte order mark', { byteOrderMark: true }],
    ['doubled echo headers', { echoTwice: true }],
    ['gzip for everything', { gzipFromBytes: 1 }],
  ])('%s changes nothing', async (_what, settings) => {
    const usually = await getCustomer(pc, CONTOSO, aCall());
    await set(settings);
    expect(await getCustomer(pc, CONTOSO, aCall())).toEqual(usually);
  });
});
