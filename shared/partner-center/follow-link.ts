import type { ApiRequest } from './transport';
import type { Link } from './wire';

/**
 * The request behind a link of an answer. A link is a path, mostly without its version ("Page results"), and may carry
 * headers. Only its path, query and MS- headers are taken: whatever host it names, the request goes to the configured one.
 */
export function followLink(
  { uri, headers }: Link,
  about: Pick<ApiRequest, 'operation' | 'token' | 'customerId'>,
): ApiRequest {
  const { pathname, search } = new URL(uri, 'https://partner-center.invalid');
  const versioned = /^\/(?:webhooks\/)?v\d+\//i.test(pathname) ? pathname : `/v1${pathname}`;
  return {
    ...about,
    method: 'GET',
    path: versioned + search,
    headers: Object.fromEntries(headers.filter(({ key }) => /^ms-/i.test(key)).map(({ key, value }) => [key, value])),
  };
}
