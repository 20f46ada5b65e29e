import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@cartage/stack/eventually';
import { z } from 'zod';
import type { Tokens } from '#shared/partner-center/auth/tokens';
import type { Transport } from '#shared/partner-center/http/transport';
import { checkoutCart, createCart, getCart } from '#shared/partner-center/resources/carts';
import { getProduct, listAvailabilities } from '#shared/partner-center/resources/catalogue';
import { getCustomer } from '#shared/partner-center/resources/customers';
import { checkInventory } from '#shared/partner-center/resources/inventory';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { aCall, clientOf, CONTOSO } from './client-of-sandbox';

/** Every way the sandbox can fail, met by the client: does its error say what really happened? */

let sandbox: TestSandbox;
let tokens: Tokens;
let pc: Transport;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  ({ tokens } = clientOf(sandbox.url));
  // The sign-in is not to count against the short time limits.
  await tokens.get('app', aCall());
});
beforeEach(() => {
  pc = aClient();
});
afterEach(() => sandbox.clearFaults());
afterAll(() => sandbox.stop());

const WIDE = { partnerPerMinute: Infinity, customerPerMinute: Infinity, answerBytes: 1_000_000 };

/**
 * A client with a gate of its own, whose calls all have this time limit: the 180 seconds of a checkout are right, and too
 * long for a test.
 */
function aClient(timeoutSeconds = 10): Transport {
  const { pc: transport } = clientOf(sandbox.url, { limits: WIDE, tokens });
  return { ...transport, send: (request, call) => transport.send({ ...request, timeoutSeconds }, call) };
}

/** Faults that only a time limit ends. */
const SILENT = new Set(['hang', 'delay', 'drip']);

function clientFor(kind: string, timeoutSeconds = 0.15): Transport {
  return SILENT.has(kind) ? aClient(timeoutSeconds) : pc;
}

async function fault(kind: string, route: string, members: Record<string, unknown> = {}): Promise<void> {
  await sandbox.control('/sandbox/faults', { kind, route, ...members });
}

async function aCart(): Promise<string> {
  const [availability] = await listAvailabilities(
    pc,
    { kind: 'customer', customerId: CONTOSO },
    'DG7GMGF0D5P1',
    '0001',
    {},
    aCall(),
  );
  const line = { catalogItemId: availability?.catalogItemId ?? '', quantity: 1, billingCycle: 'one_time' };
  return (await createCart(pc, CONTOSO, { lineItems: [line] }, aCall())).id;
}

async function ordersOf(cartId: string): Promise<number> {
  return (await sandbox.orders()).filter((order) => order.cartId === cartId).length;
}

describe('a checkout that meets', () => {
  test.each<[kind: string, members: Record<string, unknown>, orders: number, meant: Record<string, unknown>]>([
    ['reset-before', {}, 0, { remedy: 'verify', outcomeKnown: false }],
    ['lost-answer', {}, 1, { remedy: 'verify', outcomeKnown: false }],
    ['hang', { effect: false }, 0, { code: 'timeout', remedy: 'verify', outcomeKnown: false }],
    ['hang', { effect: true }, 1, { code: 'timeout', remedy: 'verify', outcomeKnown: false }],
    ['delay', { seconds: 3, effect: 'first' }, 1, { code: 'timeout', remedy: 'verify', outcomeKnown: false }],
    ['error', { code: 800005, effect: true }, 1, { code: '800005', remedy: 'verify', outcomeKnown: false }],
    ['error', { code: 800005 }, 0, { code: '800005', remedy: 'verify', outcomeKnown: false }],
    ['error', { status: 409, code: 800060 }, 0, { code: '800060', status: 409, remedy: 'verify', outcomeKnown: false }],
    ['error', { status: 409, code: 800064 }, 0, { code: '800064', status: 409, remedy: 'wait', outcomeKnown: false }],
    ['error', { status: 503, effect: true }, 1, { status: 503, remedy: 'verify', outcomeKnown: false }],
    ['html', { status: 502, effect: true }, 1, { status: 502, remedy: 'verify', outcomeKnown: false }],
    ['truncated', {}, 1, { remedy: 'verify', outcomeKnown: false }],
    ['truncated', { cut: true }, 1, { remedy: 'verify', outcomeKnown: false }],
    ['wrong-types', {}, 1, { name: 'ContractError', outcomeKnown: false }],
    ['huge', { megabytes: 5 }, 0, { code: 'answer-too-large', remedy: 'verify', outcomeKnown: false }],
    ['drip', { seconds: 30 }, 1, { code: 'timeout', remedy: 'verify', outcomeKnown: false }],
    ['redirect', { location: 'http://127.0.0.1:1/' }, 0, { status: 302, remedy: 'hold' }],
    ['throttle', { seconds: 7 }, 0, { status: 429, remedy: 'wait', retryAfterSeconds: 7, outcomeKnown: true }],
  ])('%s %p says so, and the same cart checked out again buys once', async (kind, members, orders, meant) => {
    const cartId = await aCart();
    const call = aCall();
    await fault(kind, 'checkout', members);
    await expect(checkoutCart(clientFor(kind), CONTOSO, cartId, call)).rejects.toMatchObject(meant);
    await eventually(`there are ${orders} orders`, async () => (await ordersOf(cartId)) === orders);
    // Another client: the gate of the first may be closed by now.
    const again = await checkoutCart(aClient(), CONTOSO, cartId, call);
    expect(again.orders).toHaveLength(1);
    expect(await ordersOf(cartId)).toBe(1);
  });

  test('an order group that fails reports it within a success', async () => {
    const cartId = await aCart();
    await fault('order-error', 'checkout', { code: 800069 });
    const { orders, orderErrors } = await checkoutCart(pc, CONTOSO, cartId, aCall());
    expect(orders).toEqual([]);
    expect(orderErrors).toMatchObject([{ code: '800069' }]);
    expect((await getCart(pc, CONTOSO, cartId, aCall())).status).toBe('active');
  });
});

describe('a read that meets', () => {
  test.each<[kind: string, members: Record<string, unknown>]>([
    ['reset-before', {}],
    ['lost-answer', {}],
    ['error', { status: 503 }],
    ['error', { code: 800003 }],
    ['html', { status: 502 }],
    ['truncated', {}],
    ['truncated', { cut: true }],
    ['hang', {}],
    ['drip', { seconds: 30 }],
  ])('%s %p once succeeds all the same', async (kind, members) => {
    await fault(kind, 'getCustomer', members);
    expect(await getCustomer(clientFor(kind), CONTOSO, aCall())).toMatchObject({ id: CONTOSO });
  });

  test.each<[kind: string, members: Record<string, unknown>, meant: Record<string, unknown>]>([
    ['huge', { megabytes: 5 }, { code: 'answer-too-large', remedy: 'hold' }],
    ['redirect', { location: 'http://127.0.0.1:1/' }, { status: 302, remedy: 'hold' }],
    ['throttle', { seconds: 9, retryAfter: 'seconds' }, { status: 429, remedy: 'wait', retryAfterSeconds: 9 }],
    ['throttle', { seconds: 9, retryAfter: 'none' }, { status: 429, remedy: 'wait', retryAfterSeconds: 9 }],
    ['wrong-types', { field: 'id' }, { name: 'ContractError', outcomeKnown: true }],
    ['hang', { times: 3 }, { code: 'timeout', remedy: 'repeat' }],
    ['reset-before', { times: 3 }, { remedy: 'repeat' }],
  ])('%s %p gets a clear error', async (kind, members, meant) => {
    await fault(kind, 'getCustomer', members);
    await expect(getCustomer(clientFor(kind, 0.05), CONTOSO, aCall())).rejects.toMatchObject({
      ...meant,
      outcomeKnown: true,
    });
  });

  test('a Retry-After that is a date waits until then', async () => {
    await fault('throttle', 'getCustomer', { seconds: 30, retryAfter: 'date' });
    const error = await getCustomer(pc, CONTOSO, aCall()).catch((failure: unknown) => failure);
    const { retryAfterSeconds } = z.object({ retryAfterSeconds: z.number() }).parse(error);
    // A date has whole seconds, and the answer took some time.
    expect(retryAfterSeconds).toBeGreaterThanOrEqual(25);
    expect(retryAfterSeconds).toBeLessThanOrEqual(30);
  });

  test('"item not available" in a 200', async () => {
    await fault('item-unavailable', 'getProduct');
    const reading = getProduct(pc, { kind: 'market', country: 'DE' }, 'DG7GMGF0D5P1', {}, aCall());
    await expect(reading).rejects.toMatchObject({ status: 200, code: '400072', remedy: 'refresh-catalogue' });
  });
});

describe('Partner Center changes between two calls', () => {
  test('when all tokens end at once a checkout is carried on with new ones, and buys once', async () => {
    const cartId = await aCart();
    await fault('expire-tokens', 'checkout');
    // Tokens have their age in whole seconds: the new ones of the same second may be refused with the old.
    const checkout = () => checkoutCart(pc, CONTOSO, cartId, aCall());
    const result = await checkout().catch(() => sandbox.advance(1).then(checkout));
    expect(result).toMatchObject({ orders: [{}] });
    expect(await ordersOf(cartId)).toBe(1);
  });

  test('a catalog item id that rotated is a line error, and a fresh one buys', async () => {
    await fault('rotate-availabilities', 'createCart');
    const cart = await getCart(pc, CONTOSO, await aCart(), aCall());
    expect(cart.lineItems[0]?.error?.errorCode).toBe('10001');
    expect((await getCart(pc, CONTOSO, await aCart(), aCall())).lineItems[0]?.error).toBeUndefined();
  });

  test('stock that is gone is restricted', async () => {
    const question = {
      country: 'DE',
      targetItems: [{ productId: 'DZH318Z0RVM1', skuId: '00B1' }],
      inventoryContext: {
        customerId: CONTOSO,
        azureSubscriptionId: 'c0ffee00-0000-4000-8000-000000000001',
        armRegionName: 'westeurope',
      },
    };
    await fault('lose-inventory', 'checkInventory', { productId: 'DZH318Z0RVM1', skuId: '00B1' });
    expect(await checkInventory(pc, question, aCall())).toMatchObject([{ isRestricted: true }]);
  });
});
