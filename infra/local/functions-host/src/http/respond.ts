import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InvocationResponse, RpcCookie, RpcHttp } from '#worker/rpc';

/** Headers that belong to the connection; the host sets them itself. */
const CONNECTION_HEADERS = new Set(['transfer-encoding', 'connection', 'content-length']);

/** Sends what a function returned; 204 when it returned nothing. */
export function respond(response: ServerResponse, { returnValue }: InvocationResponse): void {
  const http = returnValue?.http;
  if (http === undefined) {
    respondEmpty(response, 204);
    return;
  }
  response.statusCode = Number(http.statusCode ?? 200);
  for (const [name, value] of Object.entries(http.headers ?? {})) {
    if (!CONNECTION_HEADERS.has(name)) response.setHeader(name, value);
  }
  const cookies = http.cookies ?? [];
  if (cookies.length > 0) response.setHeader('set-cookie', [...setCookieHeader(http), ...cookies.map(formatCookie)]);
  const body = http.body?.bytes ?? Buffer.from(http.body?.string ?? '');
  if (body.length > 0) response.setHeader('content-length', body.length);
  response.end(body);
}

/** Sends one of the host's own responses, which have no body. */
export function respondEmpty(response: ServerResponse, status: number): void {
  response.statusCode = status;
  if (status !== 204) response.setHeader('content-length', 0);
  response.end();
}

/** How long a client that still sends its body may take to read that it was refused, before the connection is closed. */
const LINGER_MS = 1000;

/**
 * Refuses a body that is too large while it still arrives: the answer leaves at once, and what still comes is thrown away until the
 * client has closed the connection or had its time. Closing at once would reset it, often before the client has read the answer.
 */
export function refuseBody(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(413, { connection: 'close', 'content-length': 0 }).flushHeaders();
  request.on('error', () => undefined).resume();
  const close = (): void => {
    clearTimeout(late);
    response.end();
  };
  const late = setTimeout(close, LINGER_MS);
  request.once('close', close);
  request.once('end', close);
}

const setCookieHeader = ({ headers }: RpcHttp): string[] => {
  const value = headers?.['set-cookie'];
  return value === undefined ? [] : [value];
};

const SAME_SITE = { none: undefined, lax: 'lax', strict: 'strict', explicitNone: 'none' } as const;

/** Formats a cookie as ASP.NET does: attributes in lower case, `path=/` when none is given. */
function formatCookie(cookie: RpcCookie): string {
  const expires = cookie.expires?.value?.seconds;
  const sameSite = SAME_SITE[cookie.sameSite ?? 'none'];
  const attributes = [
    `${cookie.name ?? ''}=${encodeURIComponent(cookie.value ?? '')}`,
    expires !== undefined && `expires=${new Date(expires * 1000).toUTCString()}`,
    cookie.maxAge?.value !== undefined && `max-age=${cookie.maxAge.value}`,
    cookie.domain?.value !== undefined && `domain=${cookie.domain.value}`,
    `path=${cookie.path?.value ?? '/'}`,
    cookie.secure?.value === true && 'secure',
    sameSite !== undefined && `samesite=${sameSite}`,
    cookie.httpOnly?.value === true && 'httponly',
  ];
  return attributes.filter((each) => each !== false).join('; ');
}
