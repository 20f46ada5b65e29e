import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { TestSandbox } from './support/sandbox';
import { type Shopper, TAILSPIN } from './support/shopper';

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

test('a cart groups lines by billing cycle, whatever their term or kind, and numbers them across add-ons', async () => {
  const addOn = await shopper.line('CFQ7TTC0ADD1', '0001', { billingCycle: 'monthly', termDuration: 'P1M' });
  const cart = await shopper.createCart([
    await shopper.line('DG7GMGF0D5P1', '0001'),
    await shopper.line('CFQ7TTC0LH18', '0001', { billingCycle: 'Monthly', termDuration: 'P1M', addonItems: [addOn] }),
    { catalogItemId: 'MS-AZR-0145P', quantity: 1, billingCycle: 'monthly' },
    await shopper.line('DG7GMGF0FSS1', '0002', { billingCycle: 'OneTime', termDuration: 'P3Y' }),
    await shopper.line('DZH318Z0CSA1', '0001', { billingCycle: 'annual', termDuration: 'P1Y' }),
  ]);
  expect(cart.lineItems.map((line) => [line.id, line.orderGroup])).toEqual([
    [0, '0'],
    [1, '1'],
    [3, 'OMS-0'],
    [4, '0'],
    [5, '2'],
  ]);
  expect(cart.lineItems[1]).toMatchObject({ billingCycle: 'monthly', addonItems: [{ id: 2, orderGroup: '1' }] });
  expect(cart).toMatchObject({ status: 'Active', attributes: { objectType: 'Cart' } });
});

test('a cart is updated as a whole, and keeps its expiry', async () => {
  const cart = await shopper.createCart([await shopper.line('DG7GMGF0D5P1', '0001')]);
  const changed = { ...cart, lineItems: [await shopper.line('DG7GMGF0D5P1', '0001', { quantity: 7 })] };
  const updated = await shopper.ofCustomer('PUT', `/carts/${cart.id}/`, { body: changed });
  expect(updated).toMatchObject({
    status: 201,
    body: { id: cart.id, expirationTimestamp: cart['expirationTimestamp'], lineItems: [{ quantity: 7 }] },
  });
});

test('an expired cart is gone, for every call', async () => {
  const cart = await shopper.createCart([await shopper.line('DG7GMGF0D5P1', '0001')]);
  await shopper.advance(7 * 86_400 + 1);
  const gone = { status: 404, body: { code: 800008 } };
  // The token of a week ago is as old as the cart.
  const later = sandbox.shopper();
  expect(await later.ofCustomer('GET', `/carts/${cart.id}`)).toMatchObject(gone);
  expect(await later.ofCustomer('PUT', `/carts/${cart.id}`, { body: cart })).toMatchObject(gone);
  expect(await later.checkout(cart.id)).toMatchObject(gone);
});

test('a cart belongs to its customer', async () => {
  const cart = await shopper.createCart([await shopper.line('DG7GMGF0D5P1', '0001')]);
  const other = sandbox.shopper(TAILSPIN);
  expect(await other.ofCustomer('GET', `/carts/${cart.id}`)).toMatchObject({ status: 404, body: { code: 800008 } });
});

test.each([
  ['no body', undefined],
  ['no lines', {}],
  ['an empty list', { lineItems: [] }],
  ['lines that are no list', { lineItems: 'many' }],
  ['a line without an item', { lineItems: [{ quantity: 1, billingCycle: 'monthly' }] }],
  ['a line without a billing cycle', { lineItems: [{ catalogItemId: 'a:b:c', quantity: 1 }] }],
  ['a quantity that is no number', { lineItems: [{ catalogItemId: 'a:b:c', quantity: 'x', billingCycle: 'monthly' }] }],
  ['a list', []],
])('a cart from %s is refused with 400/800002', async (_, body) => {
  expect(await shopper.ofCustomer('POST', '/carts', { body })).toMatchObject({ status: 400, body: { code: 800002 } });
});

test.each([
  [{ locked: true }, 403, 900416],
  [{ validationStatus: 'UnderReview' }, 403, 800073],
  [{ validationStatus: 'NotAllowed' }, 403, 800075],
  [{ relationshipToPartner: 'advisor' }, 403, 20002],
])('a customer with %j cannot buy: %i/%i', async (change, status, code) => {
  const line = await shopper.line('DG7GMGF0D5P1', '0001');
  await shopper.control('POST', `/customers/${shopper.customerId}`, change);
  expect(await shopper.ofCustomer('POST', '/carts', { body: { lineItems: [line] } })).toMatchObject({
    status,
    body: { code },
  });
});
