import { expect, test } from '@jest/globals';
import { getCart } from '#shared/partner-center/resources/carts';
import { answering } from './answering';
import { aCall } from './client-under-test';

async function cartWith(prices: object) {
  const line = { id: 0, catalogItemId: 'P:S:A', quantity: 3, currencyCode: 'EUR', ...prices };
  return getCart(answering(JSON.stringify({ id: 'cart-1', lineItems: [line] })), 'c1', 'cart-1', aCall());
}

test('the prices of a cart line are decimal strings with every digit they came with', async () => {
  const { lineItems } = await cartWith({
    pricing: { listPrice: 22.1, discountedPrice: 17.68, proratedPrice: '17.680', extendedPrice: 53.04 },
  });
  expect(lineItems).toMatchObject([
    { pricing: { listPrice: '22.1', discountedPrice: '17.68', proratedPrice: '17.68', extendedPrice: '53.04' } },
  ]);
});

test('a cart without prices is a cart all the same', async () => {
  const { lineItems } = await cartWith({});
  expect(lineItems).toHaveLength(1);
  expect(lineItems[0]?.pricing).toBeUndefined();
});
