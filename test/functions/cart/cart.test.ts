import { expect, test } from '@jest/globals';
import { buildCart } from '#functions/cart/build-cart';
import { reviewCart } from '#functions/cart/review-cart';
import type { Cart, CartLine } from '#shared/partner-center/carts';
import { aPurchase, aRequest, anOffer, AZURE_SUBSCRIPTION, NOW } from '#test/support/builders';

const purchase = aPurchase({ stage: 'cart', offers: [anOffer()] });

function aLine(rest: Partial<CartLine> = {}): CartLine {
  return {
    id: 0,
    catalogItemId: 'DZH318Z0CSA1:0001:AV1',
    quantity: 5,
    orderGroup: '0',
    provisioningContext: {},
    participants: [],
    addonItems: [],
    ...rest,
  };
}

const aCart = (...lineItems: CartLine[]): Cart => ({ id: 'cart-1', lineItems });

test('the cart asks for what discovery chose', () => {
  expect(buildCart(purchase).lineItems).toMatchObject([
    { catalogItemId: 'DZH318Z0CSA1:0001:AV1', quantity: 5, billingCycle: 'monthly', termDuration: 'P1Y' },
  ]);
});

test('a reservation tells the subscription it is for, shared unless it was said otherwise', () => {
  const request = aRequest([{ azureSubscriptionId: AZURE_SUBSCRIPTION }]);
  expect(buildCart({ ...purchase, request }).lineItems).toMatchObject([
    { provisioningContext: { subscriptionId: AZURE_SUBSCRIPTION, scope: 'shared' } },
  ]);
});

test('add-ons travel inside their parent line', () => {
  const request = aRequest([{ addonItems: [{ productId: 'ADD', skuId: '0001', quantity: 2 }] }]);
  const offers = [anOffer(), anOffer({ lineId: '1.1', catalogItemId: 'ADD:0001:AV9', quantity: 2 })];
  expect(buildCart({ ...purchase, request, offers }).lineItems).toMatchObject([
    { addonItems: [{ catalogItemId: 'ADD:0001:AV9', quantity: 2 }] },
  ]);
});

test('participants bring the attestation that Partner Center wants with them', () => {
  const request = aRequest([{ participants: [{ key: 'transaction_reseller', value: '5357564' }] }]);
  expect(buildCart({ ...purchase, request })).toMatchObject({ partnerOnRecordAttestationAccepted: true });
});

test('a cart as it was asked for goes to checkout with its groups', () => {
  expect(reviewCart(purchase, aCart(aLine()), NOW)).toMatchObject({
    kind: 'continue',
    next: 'checkout',
    facts: { cart: { id: 'cart-1', lines: [{ lineId: '1', orderGroup: '0' }] } },
  });
});

test('a line error refuses the purchase although the cart was created', () => {
  const cart = aCart(aLine({ error: { errorCode: '10002', errorDescription: 'Quota not available' } }));
  expect(reviewCart(purchase, cart, NOW)).toMatchObject({
    reason: { code: '10002', message: expect.stringContaining('Line 1') },
  });
});

test('an error on an add-on counts like one on a line', () => {
  const request = aRequest([{ addonItems: [{ productId: 'ADD', skuId: '0001', quantity: 2 }] }]);
  const cart = aCart(aLine({ addonItems: [aLine({ id: 1, error: { errorCode: '10019' } })] }));
  expect(reviewCart({ ...purchase, request }, cart, NOW)).toMatchObject({
    reason: { message: expect.stringContaining('Line 1.1') },
  });
});

test.each<[string, Cart]>([
  ['another quantity', aCart(aLine({ quantity: 6 }))],
  ['another item', aCart(aLine({ catalogItemId: 'X:0001:AV1' }))],
  ['a line less', aCart()],
  ['a line more', aCart(aLine(), aLine({ id: 1 }))],
])('a cart with %s than asked for is never checked out', (_what, cart) => {
  expect(reviewCart(purchase, cart, NOW)).toMatchObject({ kind: 'held', reason: { code: 'cart-differs' } });
});
