/**
 * Money without floats. An amount is a decimal string in canonical form ("24606.35", "-0.5", "720"):
 * no exponent, no sign on zero, no zeros that carry no value, so that equal amounts are equal strings.
 */
export type Amount = string;

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Reads a number as people and JSON write it (exponents too); undefined when the text is no number. */
export function parseAmount(text: string): Amount | undefined {
  const match = NUMBER.exec(text.trim());
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  if (whole === '' && fraction === '') return undefined;
  const power = Number(exponent) - fraction.length;
  const digits = BigInt(sign === '-' ? `-${whole}${fraction}` : `${whole}${fraction}`);
  return power >= 0 ? format({ digits: digits * 10n ** BigInt(power), scale: 0 }) : format({ digits, scale: -power });
}

/** The sum of any number of amounts; "0" for none. Throws a RangeError on text that is no amount. */
export function sumAmounts(amounts: Iterable<Amount>): Amount {
  let total: Decimal = { digits: 0n, scale: 0 };
  for (const amount of amounts) total = add(total, decimal(amount));
  return format(total);
}

/** left - right. */
export function subtractAmounts(left: Amount, right: Amount): Amount {
  const negated = decimal(right);
  return format(add(decimal(left), { digits: -negated.digits, scale: negated.scale }));
}

/** An amount times a whole number of pieces. */
export function multiplyAmount(amount: Amount, quantity: number): Amount {
  const { digits, scale } = decimal(amount);
  return format({ digits: digits * BigInt(quantity), scale });
}

/** Negative when left is smaller, 0 when equal, positive when left is larger. */
export function compareAmounts(left: Amount, right: Amount): number {
  const [a, b] = align(decimal(left), decimal(right));
  return a === b ? 0 : a < b ? -1 : 1;
}

interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

function decimal(amount: Amount): Decimal {
  const canonical = parseAmount(amount);
  if (canonical === undefined) throw new RangeError('not an amount');
  const point = canonical.indexOf('.');
  return { digits: BigInt(canonical.replace('.', '')), scale: point < 0 ? 0 : canonical.length - point - 1 };
}

function align(left: Decimal, right: Decimal): [bigint, bigint, number] {
  const scale = Math.max(left.scale, right.scale);
  return [raise(left, scale), raise(right, scale), scale];
}

function raise({ digits, scale }: Decimal, target: number): bigint {
  return digits * 10n ** BigInt(target - scale);
}

function add(left: Decimal, right: Decimal): Decimal {
  const [a, b, scale] = align(left, right);
  return { digits: a + b, scale };
}

function format({ digits, scale }: Decimal): Amount {
  const sign = digits < 0n ? '-' : '';
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const whole = text.slice(0, text.length - scale);
  const fraction = text.slice(text.length - scale).replace(/0+$/, '');
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
