import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request as it came in. */
export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly queryText: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly requestId: string;
  readonly correlationId: string;
  /** Did the caller send the MS-RequestId? One that was generated here is not worth remembering. */
  readonly requestIdGiven: boolean;
}

/** The request with this body. Missing ids are generated. */
export function incomingOf(request: IncomingMessage, text: string): Incoming {
  // Proxies are sent the absolute form of the address, and servers have to understand it too (RFC 9112, 3.2.2).
  const url = (request.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '');
  const mark = url.indexOf('?');
  const requestId = headerOf(request, 'ms-requestid');
  return {
    method: request.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    queryText: mark < 0 ? '' : url.slice(mark + 1),
    headers: request.headers,
    text,
    requestId: requestId ?? crypto.randomUUID(),
    correlationId: headerOf(request, 'ms-correlationid') ?? crypto.randomUUID(),
    requestIdGiven: requestId !== undefined,
  };
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  const first = typeof value === 'string' ? value : value?.[0];
  return first === '' ? undefined : first;
}
