import type { ApiRequest } from './transport';
import type { Link } from './wire';

/**
 * The request behind a link of an answer. A link is a path, mostly without its version ("Page results"), and may carry
 * headers. Only the path and query are taken: whatever host a link may name, the request goes to the configured one.
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
    headers: Object.fromEntries(headers.map(({ key, value }) => [key, value])),
  };
}
