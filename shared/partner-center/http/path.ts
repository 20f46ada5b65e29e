/**
 * Builds a resource path and encodes every value in it: path`/v1/customers/${customerId}/orders/${orderId}`.
 * Product, SKU and order ids are opaque strings. Values that a URL would resolve away are a caller's mistake.
 */
export function path(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return parts.reduce((built, part, index) => built + encode(values[index - 1] ?? '') + part);
}

function encode(value: string): string {
  if (value === '' || value === '.' || value === '..')
    throw new RangeError('an id in a path must not be empty or dots');
  return encodeURIComponent(value);
}
