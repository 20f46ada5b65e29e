import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { Outcome } from './apply-fault';
import type { SandboxContext } from '#model/sandbox-context';
import { gateway, json, type Answer } from '#wire/answer';
import { type Incoming, Performer } from './perform';
import { readBody } from './request-body';
import type { Match, Router } from './router';
import { refuseUnreadable } from './unreadable';
import { writeAnswer } from './write';

/** Node would refuse a request without Host by itself, without a body. */
const options = { requireHostHeader: false };

/** The HTTP server over these routes; not listening yet. */
export function serve(router: Router, context: SandboxContext): Server {
  return prepared(createServer(options, listener(router, context)));
}

/** The same over TLS, with a certificate of the sandbox's own root. */
export function serveSecurely(router: Router, context: SandboxContext): Server {
  const { certificates } = context;
  const identity = { key: certificates.leafKeyPem(), cert: certificates.leafPem() + certificates.rootPem() };
  return prepared(createSecureServer({ ...options, ...identity }, listener(router, context)));
}

function listener(router: Router, context: SandboxContext): RequestListener {
  const performer = new Performer(context);
  return (request, response) => {
    exchange(request, response, router, performer, context).catch((error: unknown) => {
      // A caller who breaks off while sending is no mistake of ours.
      if (!request.destroyed) console.error(error);
      response.destroy();
    });
  };
}

function prepared<S extends Server>(server: S): S {
  // Longer than any client pauses, so that a kept connection is not closed under a request.
  server.keepAliveTimeout = 120_000;
  refuseUnreadable(server);
  return server;
}

async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  router: Router,
  performer: Performer,
  context: SandboxContext,
): Promise<void> {
  const body = await readBody(request);
  const incoming = incomingOf(request, typeof body === 'string' ? body : '');
  const found = typeof body === 'string' ? (withoutHost(request) ?? find(router, incoming, context)) : body;
  if ('status' in found) return writeAnswer({ request, response, incoming, answer: found, context });
  const outcome = await performer.perform(found, incoming);
  return deliver(outcome, { request, response, incoming, context });
}

/** HTTP/1.1 asks for a Host header (RFC 9112, 3.2). */
const withoutHost = ({ httpVersion, headers }: IncomingMessage): Answer | undefined =>
  httpVersion === '1.1' && headers.host === undefined ? gateway(400, 'The Host header is missing.') : undefined;

function find(router: Router, incoming: Incoming, context: SandboxContext): Match | Answer {
  try {
    // The answer to HEAD is the answer to GET; Node leaves its body out.
    const method = incoming.method === 'HEAD' ? 'GET' : incoming.method;
    return router.find(method, incoming.path) ?? notImitated(router, incoming, context);
  } catch (error) {
    if (error instanceof URIError) return gateway(400, 'The path is not encoded correctly.');
    throw error;
  }
}

/** The sandbox's own honesty: what it does not imitate it does not pretend to. */
function notImitated(router: Router, incoming: Incoming, context: SandboxContext): Answer {
  const methods = router.methodsInsteadOf(incoming.method, incoming.path);
  if (methods.length > 0) return gateway(405, 'The method is not allowed.', { Allow: methods.join(', ') });
  context.counts.notImitated();
  const description = `The Partner Center sandbox does not imitate ${incoming.method} ${incoming.path}.`;
  return json({ code: 0, description, data: [], source: 'Sandbox' }, 501);
}

async function deliver(
  outcome: Outcome,
  exchanged: { request: IncomingMessage; response: ServerResponse; incoming: Incoming; context: SandboxContext },
): Promise<void> {
  switch (outcome.kind) {
    case 'answer':
      return writeAnswer({ ...exchanged, answer: outcome.answer });
    case 'reset':
      breakOff(exchanged.request.socket);
      return;
    case 'cut': {
      const { response } = exchanged;
      const whole = outcome.answer.body;
      const body = Buffer.isBuffer(whole) ? whole : Buffer.from(typeof whole === 'string' ? whole : '');
      response.writeHead(outcome.answer.status, { ...outcome.answer.headers, 'Content-Length': body.length });
      response.write(body.subarray(0, body.length / 2));
      // The first half must be on its way before the connection breaks.
      await wait(20);
      response.destroy();
      return;
    }
    case 'silence':
      return;
  }
}

/** As hard as it goes: only a plain TCP socket can be reset. */
function breakOff(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

function incomingOf(request: IncomingMessage, text: string): Incoming {
  // Proxies are asked with the whole address; a server has to understand that too (RFC 9112, 3.2.2).
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
