import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildCart } from '#functions/cart/build-cart';
import { judgeLimits, judgeQuote } from '#functions/cart/judge-limits';
import { totalsOf } from '#functions/cart/build-totals';
import { judgeCart } from '#functions/cart/judge-cart';
import { parseAmount } from '#shared/domain/amount';
import type { CartLine as KeptLine } from '#shared/domain/purchase';
import { placedLines } from '#shared/domain/purchase-request';
import type { CartLine, NewCartLine } from '#shared/partner-center/resources/carts';
import { currency, quantity } from '#test/support/arbitraries';
import { aPurchase, aRequest, anOffer, NOW } from '#test/support/builders';

/** Money in whole thousandths, so that whole numbers can check the sums. */
const thousandths = fc.bigInt({ min: 0n, max: 10n ** 15n });
const write = (value: bigint) => parseAmount(`${value}e-3`) ?? '';

/** A line with its price in thousandths as Partner Center may tell it: of the whole quantity, of one piece, or not at all. */
const priced = fc
  .record({
    price: thousandths,
    quantity,
    currencyCode: fc.option(currency, { nil: undefined, freq: 10 }),
    how: fc.constantFrom('extended', 'extended', 'piece', 'piece', 'not'),
  })
  .map(({ price, quantity: pieces, currencyCode, how }) => {
    const isKnown = how !== 'not' && currencyCode !== undefined;
    const pricing = how === 'extended' ? { extendedPrice: write(price), price: '0' } : { price: write(price) };
    const line: KeptLine = {
      lineId: '1',
      catalogItemId: 'P:S:A',
      quantity: pieces,
      orderGroup: '0',
      ...(currencyCode === undefined ? {} : { currencyCode }),
      ...(how === 'not' ? {} : { pricing }),
    };
    return {
      line,
      cost: isKnown ? { currencyCode, sum: how === 'extended' ? price : price * BigInt(pieces) } : undefined,
    };
  });
const pricedLines = fc.array(priced, { minLength: 1, maxLength: 6 });

/** Nothing recurs. */
const once = new Map([['1', 1]]);

const sumIn = (lines: { cost: { currencyCode: string; sum: bigint } | undefined }[], of: string) =>
  lines.reduce((sum, { cost }) => (cost?.currencyCode === of ? sum + cost.sum : sum), 0n);

test('totals are exact to the last digit, one for each currency, and there are none while a price is missing', () => {
  fc.assert(
    fc.property(pricedLines, (lines) => {
      const totals = totalsOf(lines.map(({ line }) => line));
      if (lines.some(({ cost }) => cost === undefined)) return expect(totals).toBeUndefined();
      const currencies = [...new Set(lines.map(({ cost }) => cost?.currencyCode ?? ''))];
      expect(totals).toEqual(currencies.map((code) => ({ currency: code, value: write(sumIn(lines, code)) })));
    }),
  );
});

test('a cart passes a limit of money only when every line has a price in its currency and the sum is within it', () => {
  fc.assert(
    fc.property(pricedLines, currency, thousandths, fc.integer({ min: -2, max: 2 }), (lines, code, any, near) => {
      const sum = sumIn(lines, code);
      // Half of the limits are close to the sum.
      const most = near === 0 ? any : sum + BigInt(near) < 0n ? 0n : sum + BigInt(near);
      const limits = { amount: { value: write(most), currency: code } };
      const objection = judgeLimits(
        lines.map(({ line }) => line),
        [{ whose: 'x', limits }],
        once,
      );
      const isWhole = lines.every(({ cost }) => cost?.currencyCode === code);
      expect(objection?.kind).toBe(sum > most ? 'reject' : isWhole ? undefined : 'hold');
    }),
    { numRuns: 500 },
  );
});

test('a cart passes a limit of pieces only with no more pieces, and several limits only if it passes each', () => {
  const limit = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(pricedLines, fc.array(limit, { maxLength: 3 }), (lines, limits) => {
      const pieces = lines.reduce((sum, { line }) => sum + line.quantity, 0);
      const owned = limits.map((most) => ({ whose: 'x', limits: { quantity: most } }));
      const objection = judgeLimits(
        lines.map(({ line }) => line),
        owned,
        once,
      );
      expect(objection?.kind).toBe(limits.every((most) => pieces <= most) ? undefined : 'reject');
    }),
  );
});

test('a quote is kept to the last digit: at another price, in another currency or with none, nothing is bought', () => {
  const total = fc.record({ value: thousandths.map(write), currency });
  fc.assert(
    fc.property(fc.array(total, { maxLength: 2 }), total, fc.boolean(), fc.boolean(), (totals, other, value, code) => {
      const [first = other] = totals;
      const quote = { value: (value ? first : other).value, currency: (code ? first : other).currency };
      const isKept = totals.length === 1 && first.value === quote.value && first.currency === quote.currency;
      const objection = judgeQuote(totals.length === 0 ? undefined : totals, quote);
      expect(objection?.kind).toBe(isKept ? undefined : totals.length === 0 ? 'hold' : 'reject');
      expect(judgeQuote(totals, undefined)).toBeUndefined();
    }),
  );
});

/** Requests of some lines with some add-ons, and the offers for them. */
const asking = fc.array(fc.array(quantity, { maxLength: 3 }), { minLength: 1, maxLength: 4 }).map((lines) => {
  const request = aRequest(
    lines.map((addons) => ({
      addonItems: addons.map((pieces) => ({ productId: 'ADD', skuId: '1', quantity: pieces })),
    })),
  );
  const offers = placedLines(request).map(({ lineId, line }) =>
    anOffer({ lineId, catalogItemId: `${line.productId}:${line.skuId}:AV${lineId}`, quantity: line.quantity }),
  );
  return aPurchase({ stage: 'cart', attempts: { discovery: 1, cart: 1 }, request, offers });
});

test('a cart asks for exactly the offers, line by line in the order of the request, add-ons inside their parents', () => {
  fc.assert(
    fc.property(asking, (purchase) => {
      const { lineItems } = buildCart(purchase);
      const asked = lineItems.flatMap((line) => [line, ...(line.addonItems ?? [])]);
      const wanted = (purchase.offers ?? []).map((offer) => [offer.catalogItemId, offer.quantity]);
      expect(asked.map((line) => [line.catalogItemId, line.quantity])).toEqual(wanted);
      expect(lineItems.map(({ addonItems = [] }) => addonItems.length)).toEqual(
        purchase.request.lines.map(({ addonItems = [] }) => addonItems.length),
      );
    }),
  );
});

/** The cart as Partner Center answers it. */
function answerTo(line: NewCartLine): CartLine {
  const { catalogItemId, quantity: pieces, addonItems = [] } = line;
  const rest = { id: 0, orderGroup: '0', provisioningContext: {}, participants: [] };
  return { ...rest, catalogItemId, quantity: pieces, addonItems: addonItems.map(answerTo) };
}

const errorCode = fc.constantFrom('10000', '10001', '10002', '10010', '10099', 'CurrencyIsNotSupported');

test('with an error on any line or add-on nothing goes to checkout, and every line with an error is named', () => {
  const withErrors = asking.chain((purchase) =>
    fc.tuple(fc.constant(purchase), fc.array(fc.option(errorCode), { minLength: 16, maxLength: 16 })),
  );
  fc.assert(
    fc.property(withErrors, ([purchase, codes]) => {
      let at = 0;
      const erring = (line: CartLine): CartLine => {
        const code = codes[at++];
        const addonItems = line.addonItems.map(erring);
        return { ...line, addonItems, ...(code ? { error: { errorCode: code } } : {}) };
      };
      const cart = { id: 'cart-1', lineItems: buildCart(purchase).lineItems.map(answerTo).map(erring) };
      const wrong = placedLines(purchase.request).filter((_, index) => codes[index]);
      const outcome = judgeCart(purchase, cart, [], NOW);
      const goesOn = outcome.kind === 'advance' && outcome.next === 'checkout';
      expect(goesOn).toBe(wrong.length === 0);
      const isReasoned = outcome.kind === 'reject' || outcome.kind === 'hold';
      const told = isReasoned ? outcome.reason.message : outcome.note;
      for (const { lineId } of wrong) expect(told).toMatch(new RegExp(`Line ${lineId.replace('.', '\\.')}: `));
    }),
  );
});

test('an error hidden however deep in add-ons of add-ons stops the cart', () => {
  fc.assert(
    fc.property(asking, fc.integer({ min: 1, max: 4 }), (purchase, depth) => {
      const [first, ...others] = buildCart(purchase).lineItems.map(answerTo);
      if (!first) throw new Error('a cart has at least one line');
      let hidden: CartLine = { ...first, addonItems: [], error: { errorCode: '10000' } };
      for (let level = 0; level < depth; level++) hidden = { ...first, addonItems: [hidden] };
      const cart = { id: 'cart-1', lineItems: [hidden, ...others] };
      expect(judgeCart(purchase, cart, [], NOW).kind).toBe('reject');
    }),
  );
});

test('a cart that differs from what was asked for in any one line is never checked out', () => {
  const changed = asking.chain((purchase) => {
    const count = placedLines(purchase.request).length;
    return fc.tuple(fc.constant(purchase), fc.nat(count - 1), fc.constantFrom('quantity', 'item', 'gone', 'more'));
  });
  fc.assert(
    fc.property(changed, ([purchase, index, how]) => {
      let at = 0;
      const change = (line: CartLine): CartLine[] => {
        const isThis = at++ === index;
        const same = { ...line, addonItems: line.addonItems.flatMap(change) };
        if (!isThis) return [same];
        if (how === 'gone') return [];
        if (how === 'more') return [same, { ...same, addonItems: [] }];
        return [how === 'item' ? { ...same, catalogItemId: 'X:1:AV9' } : { ...same, quantity: same.quantity + 1 }];
      };
      const cart = { id: 'cart-1', lineItems: buildCart(purchase).lineItems.map(answerTo).flatMap(change) };
      expect(judgeCart(purchase, cart, [], NOW)).toMatchObject({ kind: 'hold', reason: { code: 'cart-differs' } });
    }),
  );
});
