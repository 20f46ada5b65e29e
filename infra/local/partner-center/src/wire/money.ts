import { digits } from './digits';

/**
 * An amount as the API writes it: a JSON number. The sandbox keeps amounts in whole hundredths; division by 100 gives
 * the double nearest to the decimal, which prints with the same two digits up to 15 digits in all.
 */
export const wireAmount = (cents: number): number => cents / 100;

/** The same as decimal text, which the newer line items use. */
export function decimalText(cents: number): string {
  const sign = cents < 0 ? '-' : '';
  const text = digits(Math.abs(cents), 3);
  return `${sign}${text.slice(0, -2)}.${text.slice(-2)}`.replace(/\.?0+$/, '');
}

/** The prices of a line (pages "cart-resources", "order-resources"); nothing is discounted or prorated here. */
export function linePricing(unitCents: number, quantity: number): Record<string, number> {
  const price = wireAmount(unitCents);
  const extendedPrice = wireAmount(unitCents * quantity);
  return { listPrice: price, discountedPrice: price, proratedPrice: price, price, extendedPrice };
}
