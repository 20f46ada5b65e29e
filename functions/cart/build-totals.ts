import { multiplyAmount, sumAmounts, type Amount } from '#shared/domain/amount';
import type { CartLine, Money } from '#shared/domain/purchase';

/** What a line costs: its extended price, else its price times its quantity; undefined when Partner Center priced neither. */
export function priceOf({ pricing, quantity }: CartLine): Amount | undefined {
  if (pricing?.extendedPrice !== undefined) return pricing.extendedPrice;
  return pricing?.price === undefined ? undefined : multiplyAmount(pricing.price, quantity);
}

/** What the lines cost together, by currency; undefined unless every line has a price. */
export function totalsOf(lines: CartLine[]): Money[] | undefined {
  const amounts = new Map<string, Amount[]>();
  for (const line of lines) {
    const price = priceOf(line);
    if (price === undefined || line.currencyCode === undefined) return undefined;
    amounts.set(line.currencyCode, [...(amounts.get(line.currencyCode) ?? []), price]);
  }
  return [...amounts].map(([currency, all]) => ({ value: sumAmounts(all), currency }));
}
