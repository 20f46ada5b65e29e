import { compareAmounts, multiplyAmount, sumAmounts, type Amount } from '#shared/domain/amount';
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
 *
 * @param charges how many charges each line commits to, by line id; a line that is not in it commits to nobody knows how many
 */
export function judgeLimits(
  lines: CartLine[],
  all: OwnedLimits[],
  charges: ReadonlyMap<string, number>,
): Objection | undefined {
  const objections = all.flatMap((owned) => [judgeQuantity(lines, owned), judgeAmount(lines, owned, charges)]);
  const found = objections.flatMap((objection) => objection ?? []);
  return found.find(({ kind }) => kind === 'reject') ?? found[0];
}

function judgeQuantity(lines: CartLine[], { whose, limits }: OwnedLimits): Objection | undefined {
  const quantity = lines.reduce((sum, line) => sum + line.quantity, 0);
  if (limits.quantity === undefined || quantity <= limits.quantity) return undefined;
  const message = `The purchase is of ${quantity} pieces; the limit of ${whose} is ${limits.quantity}.`;
  return { kind: 'reject', reason: overLimit(message) };
}

function judgeAmount(
  lines: CartLine[],
  { whose, limits }: OwnedLimits,
  charges: ReadonlyMap<string, number>,
): Objection | undefined {
  if (limits.amount === undefined) return undefined;
  const { value, currency } = limits.amount;
  const isWhole = limits.amountOf !== 'charge';
  const costs = lines.map((line) => {
    const charge = line.currencyCode === currency ? highestChargeOf(line) : undefined;
    const times = isWhole ? charges.get(line.lineId) : 1;
    return charge === undefined || times === undefined ? undefined : multiplyAmount(charge, times);
  });
  const total = sumAmounts(costs.flatMap((cost) => cost ?? []));
  if (compareAmounts(total, value) > 0) {
    const span = isWhole ? 'over its whole commitment' : 'a charge';
    const message = `The purchase costs ${currency} ${total} ${span}; the limit of ${whose} is ${currency} ${value}.`;
    return { kind: 'reject', reason: overLimit(message) };
  }
  const open = lines.filter((_, at) => costs[at] === undefined).map(({ lineId }) => lineId);
  if (open.length === 0) return undefined;
  return {
    kind: 'hold',
    reason: {
      code: 'price-unknown',
      message: `The limit of ${whose} is ${currency} ${value}, but line(s) ${open.join(', ')} have no price in ${currency} that could be added up.`,
      advice:
        'Nothing was bought. Look the price up; then cancel the purchase and ask again without this limit, or change the limit of the requester and resume.',
    },
  };
}

/** The most that any one charge of a line may be: where its prices contradict each other, the highest; never less than nothing. */
function highestChargeOf(line: CartLine): Amount | undefined {
  const { pricing, quantity } = line;
  const price = priceOf(line);
  if (price === undefined) return undefined;
  const byPiece = pricing?.price === undefined ? price : multiplyAmount(pricing.price, quantity);
  return ['0', price, byPiece].toSorted(compareAmounts).at(-1);
}

function overLimit(message: string): Reason {
  return {
    code: 'over-limit',
    message,
    advice:
      'Nothing was bought. Ask for less, or have the limit raised. An amount counts for the whole commitment, unless the limits say "amountOf": "charge".',
  };
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
