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

const resultSchema = z.object({
  orders: z.array(z.looseObject({ id: z.string(), billingCycle: z.string(), creationDate: z.string() })),
  orderErrors: z.array(z.object({ orderGroupId: z.string(), code: z.number(), description: z.string() })).optional(),
});

/** A cart with two groups: perpetual software (one_time) and a SaaS subscription (monthly). */
async function twoGroups(software: object = {}, saas: object = {}): Promise<string> {
  const lines = [
    await shopper.line('DG7GMGF0D5P1', '0001', software),
    await shopper.line('DZH318Z0CSA1', '0001', { billingCycle: 'monthly', termDuration: 'P1M', ...saas }),
  ];
  return (await shopper.createCart(lines)).id;
}

async function placed(cartId: string, requestId: string): Promise<z.infer<typeof resultSchema>> {
  const answer = await shopper.checkout(cartId, { 'MS-RequestId': requestId });
  expect(answer.status).toBe(201);
  return resultSchema.parse(answer.body);
}

test('checkout makes one order per group, in order, and the cart is ordered', async () => {
  const cartId = await twoGroups();
  const { orders, orderErrors } = await placed(cartId, 'a');
  expect(orders.map((order) => order.billingCycle)).toEqual(['one_time', 'monthly']);
  expect(orders[0]?.creationDate.localeCompare(orders[1]?.creationDate ?? '')).toBe(-1);
  expect(orderErrors).toBeUndefined();
  expect((await shopper.ofCustomer('GET', `/carts/${cartId}`)).body).toMatchObject({ status: 'Ordered' });
});

test('the ledger names the request, the cart and the lines behind every order', async () => {
  const cartId = await twoGroups({ friendlyName: 'ours' });
  await shopper.ofCustomer('POST', `/carts/${cartId}/checkout`, {
    headers: { 'MS-RequestId': 'the-request', 'MS-CorrelationId': 'the-correlation' },
    body: 'success',
  });
  expect((await shopper.ledger()).orders).toMatchObject([
    {
      cartId,
      orderGroup: '0',
      requestId: 'the-request',
      correlationId: 'the-correlation',
      lines: [{ friendlyName: 'ours' }],
    },
    { cartId, orderGroup: '1', requestId: 'the-request', lines: [{ cartLineId: 1, quantity: 1 }] },
  ]);
});

test('a second checkout answers the same orders, whatever its request id', async () => {
  const cartId = await twoGroups();
  const first = await placed(cartId, 'a');
  expect(await placed(cartId, 'a')).toEqual(first);
  expect((await placed(cartId, 'b')).orders.map((order) => order.id)).toEqual(first.orders.map((order) => order.id));
  expect((await shopper.ledger()).count).toBe(2);
});

test('the older behaviour can be chosen: 400/800065 for a cart already submitted', async () => {
  await shopper.control('POST', '/settings', { checkoutReplay: 'error-800065' });
  const cartId = await twoGroups();
  await placed(cartId, 'a');
  expect(await shopper.checkout(cartId)).toMatchObject({ status: 400, body: { code: 800065 } });
  expect(await shopper.ofCustomer('PUT', `/carts/${cartId}`, { body: {} })).toMatchObject({ body: { code: 800065 } });
});

test('without the guard a second checkout buys again, unless the request memory stops it', async () => {
  await shopper.control('POST', '/settings', { orderedCartGuard: false });
  const cartId = await twoGroups();
  await placed(cartId, 'a');
  await placed(cartId, 'a');
  expect((await shopper.ledger()).count).toBe(2);
  await placed(cartId, 'b');
  expect((await shopper.ledger()).count).toBe(4);
});

test('without the request memory a repeated cart creation makes a second cart', async () => {
  const body = { lineItems: [await shopper.line('DG7GMGF0D5P1', '0001')] };
  const create = () => shopper.ofCustomer('POST', '/carts', { body, headers: { 'MS-RequestId': 'same' } });
  const first = await create();
  expect((await create()).body).toEqual(first.body);
  await shopper.control('POST', '/settings', { requestMemory: false });
  expect((await create()).body).not.toEqual(first.body);
});

test('a request id that is being worked on is refused with 409/800064', async () => {
  await shopper.control('POST', '/faults', { kind: 'delay', route: 'createCart', seconds: 600 });
  const body = { lineItems: [await shopper.line('DG7GMGF0D5P1', '0001')] };
  const create = () => shopper.ofCustomer('POST', '/carts', { body, headers: { 'MS-RequestId': 'same' } });
  const slow = create();
  await shopper.struck();
  expect(await create()).toMatchObject({ status: 409, body: { code: 800064 } });
  await shopper.advance(600);
  expect((await slow).status).toBe(201);
  expect((await create()).body).toEqual((await slow).body);
});

test('a request id used for another body is refused with 400/800002', async () => {
  const line = await shopper.line('DG7GMGF0D5P1', '0001');
  const create = (quantity: number) =>
    shopper.ofCustomer('POST', '/carts', {
      body: { lineItems: [{ ...line, quantity }] },
      headers: { 'MS-RequestId': 'same' },
    });
  expect((await create(1)).status).toBe(201);
  expect(await create(2)).toMatchObject({ status: 400, body: { code: 800002 } });
});

test('the memory of a request id ends after 24 hours', async () => {
  const body = { lineItems: [{ catalogItemId: 'a:b:c', quantity: 1, billingCycle: 'monthly' }] };
  const create = (by: Shopper) => by.ofCustomer('POST', '/carts', { body, headers: { 'MS-RequestId': 'same' } });
  const first = await create(shopper);
  await shopper.advance(86_401);
  expect((await create(sandbox.shopper())).body).not.toEqual(first.body);
});

test('a group that fails is reported beside the others, and tried again by the next checkout', async () => {
  await shopper.control('POST', '/faults', { kind: 'order-error', code: 800031, group: '1' });
  const cartId = await twoGroups();
  const first = await placed(cartId, 'a');
  expect(first.orders).toHaveLength(1);
  expect(first.orderErrors).toMatchObject([{ orderGroupId: '1', code: 800031 }]);
  expect((await shopper.ofCustomer('GET', `/carts/${cartId}`)).body).toMatchObject({ status: 'Active' });
  const second = await placed(cartId, 'b');
  expect(second.orders.map((order) => order.id)).toEqual([first.orders[0]?.id, second.orders[1]?.id]);
  expect(second.orderErrors).toBeUndefined();
  expect((await shopper.ledger()).count).toBe(2);
});

test('a friendly name can make its group fail forever', async () => {
  const cartId = await twoGroups({}, { friendlyName: 'sandbox:order-error:800069' });
  expect((await placed(cartId, 'a')).orderErrors).toMatchObject([{ orderGroupId: '1', code: 800069 }]);
  expect((await placed(cartId, 'b')).orderErrors).toMatchObject([{ orderGroupId: '1', code: 800069 }]);
  expect((await shopper.ledger()).count).toBe(1);
});

test('stock lost between cart and checkout is 400/800010, a missing agreement 403/13605', async () => {
  const cartId = await twoGroups();
  await shopper.control('POST', '/faults', {
    kind: 'lose-inventory',
    route: 'checkout',
    productId: 'DG7GMGF0D5P1',
    skuId: '0001',
  });
  expect(await shopper.checkout(cartId)).toMatchObject({ status: 400, body: { code: 800010 } });
  await shopper.control('POST', `/customers/${shopper.customerId}`, { agreementConfirmed: false });
  expect(await shopper.checkout(cartId)).toMatchObject({ status: 403, body: { code: 13605 } });
  expect((await shopper.ledger()).count).toBe(0);
});

test('a cart in checkout is busy for every other request, and its own repeat is told that an order is in progress', async () => {
  await shopper.control('POST', '/faults', { kind: 'delay', route: 'checkout', seconds: 600 });
  const cartId = await twoGroups();
  const slow = shopper.checkout(cartId, { 'MS-RequestId': 'slow' });
  await shopper.struck();
  const busy = { status: 409, body: { code: 800064 } };
  expect(await shopper.checkout(cartId, { 'MS-RequestId': 'other' })).toMatchObject(busy);
  expect(await shopper.ofCustomer('PUT', `/carts/${cartId}`, { body: {} })).toMatchObject(busy);
  expect(await shopper.checkout(cartId, { 'MS-RequestId': 'slow' })).toMatchObject({
    status: 409,
    body: { code: 800060 },
  });
  await shopper.advance(600);
  expect((await slow).status).toBe(201);
  expect((await shopper.checkout(cartId, { 'MS-RequestId': 'other' })).status).toBe(201);
  expect((await shopper.ledger()).count).toBe(2);
});

test('groups can be split further, so that a client cannot predict them', async () => {
  await shopper.control('POST', '/settings', { splitEveryLine: true });
  const line = await shopper.line('DG7GMGF0D5P1', '0001');
  const cart = await shopper.createCart([line, line]);
  expect((await placed(cart.id, 'a')).orders).toHaveLength(2);
});
