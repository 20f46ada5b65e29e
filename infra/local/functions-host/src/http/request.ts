import type { IncomingMessage } from 'node:http';
import type { NullableString, TypedData } from '#worker/rpc';
import type { RouteValues } from './route';

/** Thrown when the body of a request is larger than the host accepts. */
export class BodyTooLarge extends Error {}

/**
 * Reads the body of a request. As on the real host in RPC mode only a body with a Content-Length is read:
 * a chunked request arrives without one.
 * @param limit bytes
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > limit) throw new BodyTooLarge(`A body of ${length} bytes is larger than ${limit}`);
  if (length === 0) {
    discard(request, limit);
    return undefined;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length);
}

/** Lets a body pass by, and breaks the connection off when it grows over the limit. */
function discard(request: IncomingMessage, limit: number): void {
  let passed = 0;
  request.on('data', (chunk: Buffer) => {
    passed += chunk.length;
    if (passed > limit) request.destroy();
  });
}

/** Makes the HTTP value that the worker gets (GrpcMessageConversionExtensions.cs of azure-functions-host). */
export function toRpcRequest(
  request: IncomingMessage,
  url: URL,
  params: RouteValues,
  body: Buffer | undefined,
): TypedData {
  const http = {
    url: url.href,
    method: request.method ?? 'GET',
    nullableHeaders: nullable(headersOf(request)),
    nullableQuery: nullable(queryOf(url)),
    nullableParams: nullable(params),
  };
  return { http: body === undefined ? http : { ...http, body: { bytes: body } } };
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && value !== '') joined[name] = typeof value === 'string' ? value : value.join(',');
  }
  return joined;
}

/** The values of a name that occurs more than once are joined by commas. */
function queryOf(url: URL): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    const before = joined[name];
    joined[name] = before === undefined ? value : `${before},${value}`;
  }
  return joined;
}

function nullable(values: Readonly<Record<string, string>>): Record<string, NullableString> {
  const wrapped: Record<string, NullableString> = {};
  for (const [name, value] of Object.entries(values)) wrapped[name] = { value };
  return wrapped;
}
