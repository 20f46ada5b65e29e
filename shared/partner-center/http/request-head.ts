import { defined } from '#shared/domain/defined';
import type { ApiRequest, Call, Query } from './request';

/** The full URL; the host is always the configured one. Undefined query values are left out. */
export function requestUrl(apiRoot: string, { path, query = {} }: ApiRequest): string {
  const search = queryText(query);
  return apiRoot.replace(/\/+$/, '') + path + (search === '' ? '' : `${path.includes('?') ? '&' : '?'}${search}`);
}

/** The headers of "Partner Center REST headers", plus what this request adds or replaces. */
export function requestHeaders(
  { applicationName, locale = 'en-US' }: { applicationName: string; locale?: string | undefined },
  { headers, body }: ApiRequest,
  call: Call,
  token: string,
): Record<string, string> {
  return {
    Accept: 'application/json',
    ...defined({ 'Content-Type': body === undefined ? undefined : 'application/json' }),
    'MS-Contract-Version': 'v1',
    'MS-PartnerCenter-Application': applicationName,
    'X-Locale': locale,
    ...headers,
    'MS-RequestId': call.requestId,
    'MS-CorrelationId': call.correlationId,
    Authorization: `Bearer ${token}`,
  };
}

function queryText(query: Query): string {
  return Object.entries(query)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join('&');
}
