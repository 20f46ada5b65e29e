import { ContractError } from '#shared/partner-center/errors/contract-error';
import type { Link } from '#shared/partner-center/schema/json-types';
import type { ApiRequest, Call } from './request';

/** Links are paths: this only completes them to something that can be read as an address. */
const BASE = 'https://partner-center.invalid';

/**
 * The request behind a link of an answer. A link is a path, mostly without its version ("Get a collection of invoices"),
 * and may carry headers. Only its path, query and MS- headers are taken: whatever host it names, the request goes to the configured one.
 * Throws a ContractError for a link that is no address at all.
 */
export function followLink(
  { uri, headers }: Link,
  about: Pick<ApiRequest, 'operation' | 'token' | 'customerId'>,
  { requestId, correlationId }: Call,
): ApiRequest {
  if (!URL.canParse(uri, BASE)) {
    throw new ContractError(about.operation, ['link.uri: expected a path'], true, requestId, correlationId);
  }
  const { pathname, search } = new URL(uri, BASE);
  const versioned = /^\/(?:webhooks\/)?v\d+\//i.test(pathname) ? pathname : `/v1${pathname}`;
  return {
    ...about,
    method: 'GET',
    path: versioned + search,
    headers: Object.fromEntries(headers.filter(({ key }) => /^ms-/i.test(key)).map(({ key, value }) => [key, value])),
  };
}
