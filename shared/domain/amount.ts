import { Big } from 'big.js';

/**
 * Money without floats. An amount is a decimal string in canonical form ("24606.35", "-0.5", "720"):
 * no exponent, no sign on zero, no zeros that carry no value, so that equal amounts are equal strings.
 */
export type Amount = string;

/** Canonical already, as most numbers are: nothing to do, which counts for a million line items. */
const CANONICAL = /^(?:0|-?[1-9]\d*|-?(?:0|[1-9]\d*)\.\d*[1-9])$/;
/** As people and JSON write numbers. Three digits of exponent: with more, a short text would become gigabytes. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/** Reads a number as people and JSON write it (exponents too); undefined when the text is no number. */
export function parseAmount(text: string): Amount | undefined {
  const trimmed = text.trim();
  if (CANONICAL.test(trimmed)) return trimmed;
  return NUMBER.test(trimmed) ? new Big(trimmed.replace('+', '')).toFixed() : undefined;
}

/** The sum of any number of amounts; "0" for none. Throws a RangeError on text that is no amount. */
export function sumAmounts(amounts: Iterable<Amount>): Amount {
  let total = new Big(0);
  for (const amount of amounts) total = total.plus(decimal(amount));
  return total.toFixed();
}

/** An amount times a whole number of pieces. */
export function multiplyAmount(amount: Amount, quantity: number): Amount {
  return decimal(amount).times(quantity).toFixed();
}

/** Negative when left is smaller, 0 when equal, positive when left is larger. */
export function compareAmounts(left: Amount, right: Amount): number {
  return decimal(left).cmp(decimal(right));
}

function decimal(amount: Amount): Big {
  const canonical = parseAmount(amount);
  if (canonical === undefined) throw new RangeError('not an amount');
  return new Big(canonical);
}
