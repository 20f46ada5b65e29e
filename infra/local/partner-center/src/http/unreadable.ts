import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** What the parser's complaints are on the wire; everything else is 400. */
const complaints: ReadonlyMap<string | undefined, readonly [number, string]> = new Map([
  ['HPE_HEADER_OVERFLOW', [431, 'The address and the headers are too long.']],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'The request did not arrive in time.']],
]);
const lingerMs = 1000;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Gives an answer to callers whose bytes are no request at all, in the gateway's shape, where Node answers without a body. */
export function refuseUnreadable(server: Server): void {
  const current = new WeakMap<Duplex, Exchange>();
  const refused = new WeakSet<Duplex>();
  server.on('request', (request, response) => {
    current.set(request.socket, { request, response });
    response.on('close', () => current.delete(request.socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const exchange = current.get(socket);
    // An answer that has begun, or that a whole request waits for, is not disturbed; and one refusal is enough.
    if (exchange?.request.complete || exchange?.response.headersSent || refused.has(socket)) return;
    refused.add(socket);
    const [status, message] = complaints.get(error.code) ?? [400, 'This is no HTTP request.'];
    refuse(socket, status, message);
  });
  server.on('connect', (_, socket) => refuse(socket, 405, 'The sandbox is no proxy.'));
  server.on('checkExpectation', ({ socket }) => refuse(socket, 417, 'The only expectation met is 100-continue.'));
}

/** The connection closes soon after, not at once: a reset would take the answer with it while the caller still sends. */
function refuse(socket: Duplex, statusCode: number, message: string): void {
  const body = JSON.stringify({ statusCode, message });
  const head = [
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
