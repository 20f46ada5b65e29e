import type { ServerResponse } from 'node:http';
import type { InvocationResponse, RpcCookie, RpcHttp } from '#worker/rpc';

/** Headers that belong to the connection and that the host sets itself. */
const ownHeaders = new Set(['transfer-encoding', 'connection', 'content-length']);

/** Sends a function's answer. A function that returns nothing answers 204. */
export function respond(response: ServerResponse, { returnValue }: InvocationResponse): void {
  const http = returnValue?.http;
  if (http === undefined) {
    respondEmpty(response, 204);
    return;
  }
  response.statusCode = Number(http.statusCode ?? 200);
  for (const [name, value] of Object.entries(http.headers ?? {})) {
    if (!ownHeaders.has(name)) response.setHeader(name, value);
  }
  const cookies = http.cookies ?? [];
  if (cookies.length > 0) response.setHeader('set-cookie', [...setCookieHeader(http), ...cookies.map(formatCookie)]);
  const body = http.body?.bytes ?? Buffer.from(http.body?.string ?? '');
  if (body.length > 0) response.setHeader('content-length', body.length);
  response.end(body);
}

/** The host's own answers have no body. */
export function respondEmpty(response: ServerResponse, status: number): void {
  response.statusCode = status;
  if (status !== 204) response.setHeader('content-length', 0);
  response.end();
}

const setCookieHeader = ({ headers }: RpcHttp): string[] => {
  const value = headers?.['set-cookie'];
  return value === undefined ? [] : [value];
};

const sameSites = { none: undefined, lax: 'lax', strict: 'strict', explicitNone: 'none' } as const;

/** As ASP.NET writes a cookie: attributes in lower case, `path=/` when none is given. */
function formatCookie(cookie: RpcCookie): string {
  const expires = cookie.expires?.value?.seconds;
  const sameSite = sameSites[cookie.sameSite ?? 'none'];
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
