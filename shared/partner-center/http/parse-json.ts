import { parse } from 'lossless-json';

/**
 * A number that a double may not hold as it was written: 16 digits or more, or an exponent. It may also hit inside a
 * string, which does no harm: the exact parser is only slower (twenty times, which counts for a million line items).
 */
const LONG_NUMBER = /(?:^|[:[,])\s*-?(?:[\d.]{16}|[\d.]+[eE])/;

/**
 * Parses JSON without losing a digit: numbers a double holds exactly stay numbers, all others become their digits in a
 * string. The schemas (json-types.ts) read both alike. Undefined for an empty body; throws a SyntaxError.
 */
export function parseJson(body: string): unknown {
  // A byte order mark may come first (the documentation prints it as "?").
  const json = body.charCodeAt(0) === 0xfeff ? body.slice(1) : body;
  if (json.trim() === '') return undefined;
  return LONG_NUMBER.test(json) ? parse(json, undefined, String) : JSON.parse(json);
}
