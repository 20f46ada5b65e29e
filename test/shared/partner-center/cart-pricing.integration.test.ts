import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCart } from '#shared/partner-center/resources/carts';
import { type ClientUnderTest, startClientUnderTest } from './client-under-test';
import { respond } from './scripted-server';

let client: ClientUnderTest;
beforeAll(async () => {
  client = await startClientUnderTest();
});
afterAll(() => client.close());

const call = {
  requestId: 'b3f4a2de-0c35-4ae5-9d1e-2f0e1c7d9a01',
  correlationId: 'b3f4a2de-0c35-4ae5-9d1e-2f0e1c7d9a02',
};

async function cartWith(pricing: unknown) {
  const line = {
    id: 0,
    catalogItemId: 'P:S:A',
    quantity: 3,
    currencyCode: 'EUR',
    ...(pricing === undefined ? {} : { pricing }),
  };
  client.answer(respond(201, { id: 'cart-1', lineItems: [line] }));
  return createCart(client.pc, 'c1', { lineItems: [] }, call);
}

test('the prices of a cart line are decimal strings with every digit they came with', async () => {
  const { lineItems } = await cartWith({
    listPrice: 22.1,
    discountedPrice: 17.68,
    proratedPrice: '17.680',
    extendedPrice: 53.04,
  });
  expect(lineItems).toMatchObject([
    { pricing: { listPrice: '22.1', discountedPrice: '17.68', proratedPrice: '17.68', extendedPrice: '53.04' } },
  ]);
});

test('a cart without prices is a cart all the same', async () => {
  const { lineItems } = await cartWith(undefined);
  expect(lineItems).toHaveLength(1);
  expect(lineItems[0]?.pricing).toBeUndefined();
});
