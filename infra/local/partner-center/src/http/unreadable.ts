import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** How the parser's errors are answered; all others are 400. */
const PARSER_ERRORS: ReadonlyMap<string | undefined, readonly [number, string]> = new Map([
  ['HPE_HEADER_OVERFLOW', [431, 'The address and the headers are too long.']],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'The request did not arrive in time.']],
]);
const LINGER_MS = 1000;

interface Served {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers bytes that are not an HTTP request in the gateway's shape; Node by itself would answer without a body. */
export function refuseUnreadable(server: Server): void {
  const current = new WeakMap<Duplex, Served>();
  const refused = new WeakSet<Duplex>();
  server.on('request', (request, response) => {
    current.set(request.socket, { request, response });
    response.on('close', () => current.delete(request.socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const served = current.get(socket);
    // Leaves alone an answer that has begun, or that a whole request waits for; and refuses a connection only once.
    if (served?.request.complete || served?.response.headersSent || refused.has(socket)) return;
    refused.add(socket);
    const [status, message] = PARSER_ERRORS.get(error.code) ?? [400, 'This is not an HTTP request.'];
    refuse(socket, status, message);
  });
  server.on('connect', (_, socket) => refuse(socket, 405, 'The sandbox is not a proxy.'));
  server.on('checkExpectation', ({ socket }) => refuse(socket, 417, 'The only expectation met is 100-continue.'));
}

/** Closes the connection a little later: an immediate reset, while the caller still sends, would lose the answer. */
function refuse(socket: Duplex, statusCode: number, message: string): void {
  const body = JSON.stringify({ statusCode, message });
  const head = [
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
