import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildCart } from '#functions/cart/build-cart';
import type { OwnedLimits } from '#functions/cart/judge-limits';
import { judgeCart } from '#functions/cart/judge-cart';
import type { Offer, Purchase } from '#shared/domain/purchase';
import type { Cart, CartLine } from '#shared/partner-center/resources/carts';
import { aPurchase, aRequest, anOffer, AZURE_SUBSCRIPTION, NOW } from '#test/support/builders';

/** Charged once, so that a price is a cost. */
const purchase = aPurchase({ stage: 'cart', offers: [anOffer({ termDuration: 'P1M' })] });

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
    { catalogItemId: 'DZH318Z0CSA1:0001:AV1', quantity: 5, billingCycle: 'monthly', termDuration: 'P1M' },
  ]);
});

test('a reservation tells the subscription it is for, shared unless it was said otherwise', () => {
  const request = aRequest([{ azureSubscriptionId: AZURE_SUBSCRIPTION }]);
  expect(buildCart({ ...purchase, request }).lineItems).toMatchObject([
    { provisioningContext: { subscriptionId: AZURE_SUBSCRIPTION, scope: 'shared' } },
  ]);
});

test('what else a SKU asks for is handed on by its name', () => {
  const request = aRequest([{ azureSubscriptionId: AZURE_SUBSCRIPTION, provisioningContext: { duration: '1Year' } }]);
  expect(buildCart({ ...purchase, request }).lineItems).toMatchObject([
    { provisioningContext: { duration: '1Year', subscriptionId: AZURE_SUBSCRIPTION } },
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
  expect(judgeCart(purchase, aCart(aLine()), [], NOW)).toMatchObject({
    kind: 'advance',
    next: 'checkout',
    changes: { cart: { id: 'cart-1', lines: [{ lineId: '1', orderGroup: '0' }] } },
  });
});

test('a line error rejects the purchase although the cart was created', () => {
  const cart = aCart(aLine({ error: { errorCode: '10002', errorDescription: 'Quota not available' } }));
  expect(judgeCart(purchase, cart, [], NOW)).toMatchObject({
    reason: { code: '10002', message: expect.stringContaining('Line 1') },
  });
});

test('of several line errors the hopeless one decides, and all are told', () => {
  const request = aRequest([{}, {}, {}]);
  const errors = ['10001', '10002', '10000'].map((errorCode, id) => aLine({ id, error: { errorCode } }));
  expect(judgeCart({ ...purchase, request }, aCart(...errors), [], NOW)).toMatchObject({
    kind: 'reject',
    reason: { code: '10000', message: expect.stringMatching(/Line 1: 10001.*Line 2: 10002.*Line 3: 10000/) },
  });
});

test('an error on an add-on counts like one on a line', () => {
  const request = aRequest([{ addonItems: [{ productId: 'ADD', skuId: '0001', quantity: 2 }] }]);
  const cart = aCart(aLine({ addonItems: [aLine({ id: 1, error: { errorCode: '10019' } })] }));
  expect(judgeCart({ ...purchase, request }, cart, [], NOW)).toMatchObject({
    reason: { message: expect.stringContaining('Line 1.1') },
  });
});

test.each<[string, Cart]>([
  ['another quantity', aCart(aLine({ quantity: 6 }))],
  ['another item', aCart(aLine({ catalogItemId: 'X:0001:AV1' }))],
  ['a line less', aCart()],
  ['a line more', aCart(aLine(), aLine({ id: 1 }))],
])('a cart with %s than asked for is never checked out', (_what, cart) => {
  expect(judgeCart(purchase, cart, [], NOW)).toMatchObject({ kind: 'hold', reason: { code: 'cart-differs' } });
});

test.each<[string, Partial<CartLine>, Record<string, unknown>, RegExp]>([
  ['billing cycle', { billingCycle: 'annual' }, {}, /line 1: billing cycle annual, asked for monthly/],
  ['term', { termDuration: 'P3Y' }, {}, /term P3Y, asked for P1M/],
  ['currency', { currencyCode: 'USD' }, {}, /currency USD, asked for EUR/],
  ['promotion', { promotionId: 'PROMO2' }, { promotionId: 'PROMO1' }, /promotion PROMO2, asked for PROMO1/],
  ['no promotion', {}, { promotionId: 'PROMO1' }, /promotion none, asked for PROMO1/],
  ['end date', { customTermEndDate: '2026-04-30T00:00:00Z' }, {}, /end date 2026-04-30, asked for none/],
  ['no end date', {}, { customTermEndDate: '2026-04-30T00:00:00Z' }, /end date none, asked for 2026-04-30/],
  [
    'term to renew to',
    { renewsTo: { termDuration: 'P3Y' } },
    { renewsTo: { termDuration: 'P1Y' } },
    /term to renew to P3Y, asked for P1Y/,
  ],
  [
    'scope of a reservation',
    { provisioningContext: { scope: 'single' } },
    { azureSubscriptionId: AZURE_SUBSCRIPTION },
    /scope single, asked for shared/,
  ],
  [
    'reseller',
    { participants: [{ key: 'transaction_reseller', value: '2' }] },
    { participants: [{ key: 'transaction_reseller', value: '1' }] },
    /participants transaction_reseller 2, asked for transaction_reseller 1/,
  ],
])('a cart with another %s than was asked for is held with both values', (_what, answered, asked, words) => {
  const offers = [anOffer({ termDuration: 'P1M', currencyCode: 'EUR' })];
  const outcome = judgeCart({ ...purchase, offers, request: aRequest([asked]) }, aCart(aLine(answered)), [], NOW);
  expect(outcome).toMatchObject({
    kind: 'hold',
    reason: { code: 'cart-differs', message: expect.stringMatching(words) },
  });
});

test('a term where none was asked for is a difference, the same term in other words is none', () => {
  const perpetual = { ...purchase, offers: [{ ...anOffer(), termDuration: undefined }] };
  expect(judgeCart(perpetual, aCart(aLine({ termDuration: 'P1Y' })), [], NOW).kind).toBe('hold');
  expect(judgeCart(perpetual, aCart(aLine({ termDuration: '' })), [], NOW).kind).toBe('advance');
  const yearly = { ...purchase, offers: [anOffer({ termDuration: 'P1Y' })] };
  expect(judgeCart(yearly, aCart(aLine({ termDuration: 'P12M' })), [], NOW).kind).toBe('advance');
});

test('a promotion and a currency that Partner Center adds by itself are no difference', () => {
  const cart = aCart(aLine({ promotionId: 'AUTO', currencyCode: 'EUR' }));
  expect(judgeCart(purchase, cart, [], NOW).kind).toBe('advance');
});

const priced = (extendedPrice: string, rest: Partial<CartLine> = {}) =>
  aLine({ currencyCode: 'EUR', pricing: { listPrice: '10', extendedPrice }, ...rest });
const limitOf = (value: string, currency = 'EUR'): OwnedLimits => ({
  whose: 'the request',
  limits: { amount: { value, currency } },
});

test('prices and their sum are kept with the cart, as decimal strings', () => {
  expect(judgeCart(purchase, aCart(priced('49.95')), [], NOW)).toMatchObject({
    note: 'cart cart-1, 1 order group(s), EUR 49.95',
    changes: {
      cart: { lines: [{ pricing: { extendedPrice: '49.95' } }], totals: [{ value: '49.95', currency: 'EUR' }] },
    },
  });
});

test('a cart with a price missing has no sum, rather than a wrong one', () => {
  const outcome = judgeCart(purchase, aCart(aLine()), [], NOW);
  expect(outcome).toMatchObject({ note: expect.stringContaining('no price given') });
  expect(outcome).not.toHaveProperty('changes.cart.totals');
});

test.each<[string, Cart, OwnedLimits, string, string]>([
  ['on the limit', aCart(priced('49.95')), limitOf('49.95'), 'advance', ''],
  ['on the limit written otherwise', aCart(priced('50')), limitOf('50.00'), 'advance', ''],
  ['a hundredth over the limit', aCart(priced('49.96')), limitOf('49.95'), 'reject', 'EUR 49.96'],
  ['without a price', aCart(aLine({ currencyCode: 'EUR' })), limitOf('49.95'), 'hold', 'line(s) 1'],
  ['priced in another currency', aCart(priced('1', { currencyCode: 'USD' })), limitOf('49.95'), 'hold', 'in EUR'],
  [
    'with a price for one piece only',
    aCart(aLine({ currencyCode: 'EUR', pricing: { price: '10.01' } })),
    limitOf('50'),
    'reject',
    'EUR 50.05',
  ],
  ['of as many pieces as the limit', aCart(aLine()), { whose: 'x', limits: { quantity: 5 } }, 'advance', ''],
  [
    'of one piece too many',
    aCart(aLine()),
    { whose: 'x', limits: { quantity: 4 } },
    'reject',
    '5 pieces; the limit of x is 4',
  ],
])('a cart %s meets its limit', (_what, cart, limit, kind, words) => {
  const outcome = judgeCart(purchase, cart, [limit], NOW);
  expect(outcome.kind).toBe(kind);
  if (words !== '') expect(outcome).toMatchObject({ reason: { message: expect.stringContaining(words) } });
});

test('the prices of a cart that is over the limit stay with the purchase', () => {
  expect(judgeCart(purchase, aCart(priced('50')), [limitOf('1')], NOW)).toMatchObject({
    reason: { code: 'over-limit' },
    changes: { cart: { totals: [{ value: '50', currency: 'EUR' }] } },
  });
});

test('of all limits, passing one rejects, even where another can not be checked', () => {
  const quantity: OwnedLimits = { whose: 'requester crm', limits: { quantity: 1 } };
  expect(judgeCart(purchase, aCart(aLine()), [limitOf('1'), quantity], NOW)).toMatchObject({
    kind: 'reject',
    reason: { message: expect.stringContaining('requester crm') },
  });
});

test('a cart goes to checkout only within every limit, whatever the figures are', () => {
  const cents = fc.integer({ min: 0, max: 1_000_000 });
  const text = (value: number) => `${Math.floor(value / 100)}.${`${value % 100}`.padStart(2, '0')}`;
  fc.assert(
    fc.property(
      fc.array(cents, { minLength: 1, maxLength: 5 }),
      cents,
      fc.integer({ min: 1, max: 30 }),
      (prices, most, pieces) => {
        const request = aRequest(prices.map(() => ({})));
        const offers = prices.map((_, at) => anOffer({ lineId: `${at + 1}`, termDuration: 'P1M' }));
        const cart = aCart(...prices.map((price, id) => priced(text(price), { id })));
        const limits = { quantity: pieces, amount: { value: text(most), currency: 'EUR' } };
        const { kind } = judgeCart({ ...purchase, request, offers }, cart, [{ whose: 'x', limits }], NOW);
        const sum = prices.reduce((all, price) => all + price, 0);
        expect(kind).toBe(sum <= most && prices.length * 5 <= pieces ? 'advance' : 'reject');
      },
    ),
  );
});

test('a dry run ends with the priced cart, and meets the same limits and errors', () => {
  const dry = { ...purchase, request: aRequest([{}], { dryRun: true }) };
  expect(judgeCart(dry, aCart(priced('50')), [], NOW)).toMatchObject({
    kind: 'complete',
    status: 'quoted',
    changes: { cart: { id: 'cart-1', totals: [{ value: '50', currency: 'EUR' }] } },
  });
  expect(judgeCart(dry, aCart(priced('50')), [limitOf('1')], NOW).kind).toBe('reject');
  expect(judgeCart(dry, aCart(aLine({ error: { errorCode: '10000' } })), [], NOW).kind).toBe('reject');
});

const cartFor = (extendedPrice: string) => aCart(aLine({ currencyCode: 'EUR', pricing: { extendedPrice } }));
const quotedAt = (value: string) => ({
  ...purchase,
  request: aRequest([{}], { quote: { value, currency: 'EUR' } }),
});

test('a purchase with a quote is bought at that price and at no other', () => {
  expect(judgeCart(quotedAt('12.50'), cartFor('12.5'), [], NOW)).toMatchObject({ kind: 'advance', next: 'checkout' });
  const dearer = judgeCart(quotedAt('12.50'), cartFor('12.51'), [], NOW);
  expect(dearer).toMatchObject({ kind: 'reject', reason: { code: 'quote-differs' } });
  const unpriced = judgeCart(quotedAt('12.50'), aCart(aLine()), [], NOW);
  expect(unpriced).toMatchObject({ kind: 'hold', reason: { code: 'price-unknown' } });
});

const yearOf = (billingCycle: string, rest: Partial<Offer> = {}) => ({
  ...purchase,
  offers: [anOffer({ termDuration: 'P1Y', billingCycle, ...rest })],
});

test.each<[string, Purchase, OwnedLimits['limits'], string, string]>([
  ['a year by the month', yearOf('monthly'), { amount: { value: '100', currency: 'EUR' } }, 'reject', 'EUR 600'],
  ['a year by the month', yearOf('monthly'), { amount: { value: '600', currency: 'EUR' } }, 'advance', ''],
  ['a year at once', yearOf('annual'), { amount: { value: '50', currency: 'EUR' } }, 'advance', ''],
  [
    'three years by the year',
    yearOf('annual', { termDuration: 'P3Y' }),
    { amount: { value: '149', currency: 'EUR' } },
    'reject',
    'EUR 150',
  ],
  [
    'a year by the month',
    yearOf('monthly'),
    { amount: { value: '50', currency: 'EUR' }, amountOf: 'charge' },
    'advance',
    '',
  ],
  [
    'a year by the month',
    yearOf('monthly'),
    { amount: { value: '49', currency: 'EUR' }, amountOf: 'charge' },
    'reject',
    'EUR 50 a charge',
  ],
  [
    'a year by a cycle that is new to us',
    yearOf('fortnightly'),
    { amount: { value: '10000', currency: 'EUR' } },
    'hold',
    'line(s) 1',
  ],
])(
  'EUR 50 for %s meets a limit on the commitment, or on one charge where it says so',
  (_what, asked, limits, kind, words) => {
    const outcome = judgeCart(asked, aCart(priced('50')), [{ whose: 'the request', limits }], NOW);
    expect(outcome.kind).toBe(kind);
    if (words !== '') expect(outcome).toMatchObject({ reason: { message: expect.stringContaining(words) } });
  },
);

test('a negative price never makes room for another line, and of two prices that contradict each other the higher counts', () => {
  const offers = ['1', '2'].map((lineId) => anOffer({ lineId, termDuration: 'P1M' }));
  const two = { ...purchase, offers, request: aRequest([{}, {}]) };
  expect(judgeCart(two, aCart(priced('100'), priced('-60')), [limitOf('50')], NOW)).toMatchObject({
    kind: 'reject',
    reason: { message: expect.stringContaining('EUR 100') },
  });
  const contradictory = aCart(aLine({ currencyCode: 'EUR', pricing: { extendedPrice: '0.01', price: '100' } }));
  expect(judgeCart(purchase, contradictory, [limitOf('50')], NOW)).toMatchObject({
    kind: 'reject',
    reason: { message: expect.stringContaining('EUR 500') },
  });
});
