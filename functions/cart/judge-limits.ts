import { compareAmounts, sumAmounts } from '#shared/domain/amount';
import type { Limits } from '#shared/domain/limits';
import type { CartLine, Money, Reason } from '#shared/domain/purchase';
import { priceOf } from './build-totals';

/** Limits, and whose they are: "the request", "requester contoso-crm". */
export interface OwnedLimits {
  whose: string;
  limits: Limits;
}

type Objection = { readonly kind: 'reject' | 'hold'; readonly reason: Reason };

/**
 * What speaks against a cart with these lines: a limit that it passes rejects it, a limit on money that can't be checked,
 * since a price is missing or in another currency, is held. Undefined: nothing does.
 */
export function judgeLimits(lines: CartLine[], all: OwnedLimits[]): Objection | undefined {
  const objections = all.flatMap((owned) => [judgeQuantity(lines, owned), judgeAmount(lines, owned)]);
  const found = objections.flatMap((objection) => objection ?? []);
  return found.find(({ kind }) => kind === 'reject') ?? found[0];
}

function judgeQuantity(lines: CartLine[], { whose, limits }: OwnedLimits): Objection | undefined {
  const quantity = lines.reduce((sum, line) => sum + line.quantity, 0);
  if (limits.quantity === undefined || quantity <= limits.quantity) return undefined;
  const message = `The purchase is of ${quantity} pieces; the limit of ${whose} is ${limits.quantity}.`;
  return { kind: 'reject', reason: overLimit(message) };
}

function judgeAmount(lines: CartLine[], { whose, limits }: OwnedLimits): Objection | undefined {
  if (limits.amount === undefined) return undefined;
  const { value, currency } = limits.amount;
  const priced = lines.filter((line) => line.currencyCode === currency && priceOf(line) !== undefined);
  const total = sumAmounts(priced.map((line) => priceOf(line) ?? '0'));
  if (compareAmounts(total, value) > 0) {
    const message = `The purchase costs ${currency} ${total}; the limit of ${whose} is ${currency} ${value}.`;
    return { kind: 'reject', reason: overLimit(message) };
  }
  const open = lines.filter((line) => !priced.includes(line)).map(({ lineId }) => lineId);
  if (open.length === 0) return undefined;
  return {
    kind: 'hold',
    reason: {
      code: 'price-unknown',
      message: `The limit of ${whose} is ${currency} ${value}, but line(s) ${open.join(', ')} have no price in ${currency}.`,
      advice:
        'Nothing was bought. Look the price up; then cancel the purchase and ask again without this limit, or change the limit of the requester and resume.',
    },
  };
}

function overLimit(message: string): Reason {
  return { code: 'over-limit', message, advice: 'Nothing was bought. Ask for less, or have the limit raised.' };
}

/**
 * What speaks against a cart that was quoted before: it must cost to the cent what the quote said. Without a price
 * it is held. Undefined: nothing does.
 */
export function judgeQuote(totals: Money[] | undefined, quote: Money | undefined): Objection | undefined {
  if (quote === undefined) return undefined;
  const [total, ...others] = totals ?? [];
  if (total === undefined) {
    const message = `The quote was ${quote.currency} ${quote.value}, but Partner Center gave no price.`;
    const advice = 'Nothing was bought. Look the price up; then resume the purchase without a quote, or cancel it.';
    return { kind: 'hold', reason: { code: 'price-unknown', message, advice } };
  }
  const isSame =
    others.length === 0 && total.currency === quote.currency && compareAmounts(total.value, quote.value) === 0;
  if (isSame) return undefined;
  const now = (totals ?? []).map(({ currency, value }) => `${currency} ${value}`).join(' + ');
  const message = `The quote was ${quote.currency} ${quote.value}; the purchase costs ${now} now.`;
  return {
    kind: 'reject',
    reason: { code: 'quote-differs', message, advice: 'Nothing was bought. Ask for a new quote.' },
  };
}
