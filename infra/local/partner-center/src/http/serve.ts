import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { SandboxContext } from '#model/sandbox-context';
import { gateway, json, type Answer } from '#wire/answer';
import { type Incoming, incomingOf } from './incoming';
import { answered, type Outcome } from './outcome';
import { Performer } from './perform';
import { readBody } from './request-body';
import type { Router } from './router';
import { refuseUnreadable } from './unreadable';
import { type Exchange, writeAnswer } from './write';

/** Node would refuse a request without Host by itself, without a body. */
const OPTIONS = { requireHostHeader: false };
/** Longer than any client pauses, so that a kept connection is not closed under a request. */
const KEEP_ALIVE_MS = 120_000;
/** So that the first half of an answer is on its way before the connection breaks. */
const CUT_AFTER_MS = 20;

/** The HTTP server of these routes; not listening yet. */
export function serve(router: Router, context: SandboxContext): Server {
  return prepared(createServer(OPTIONS, listener(router, context)));
}

/** The same over TLS, with a certificate of the sandbox's own root. */
export function serveSecurely(router: Router, context: SandboxContext): Server {
  const { certificates } = context;
  const identity = { key: certificates.leafKeyPem(), cert: certificates.leafPem() + certificates.rootPem() };
  return prepared(createSecureServer({ ...OPTIONS, ...identity }, listener(router, context)));
}

function prepared<S extends Server>(server: S): S {
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  refuseUnreadable(server);
  return server;
}

function listener(router: Router, context: SandboxContext): RequestListener {
  const performer = new Performer(context);
  const exchange = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    const incoming = incomingOf(request, typeof body === 'string' ? body : '');
    const refused = typeof body === 'string' ? withoutHost(request) : body;
    const outcome = refused ? answered(refused) : await performed(incoming, router, performer, context);
    return deliver(outcome, { request, response, incoming, context });
  };
  return (request, response) => {
    exchange(request, response).catch((error: unknown) => {
      // A caller who breaks off while sending is not an error of the sandbox.
      if (!request.destroyed) console.error(error);
      response.destroy();
    });
  };
}

/** HTTP/1.1 requires a Host header (RFC 9112, 3.2). */
const withoutHost = ({ httpVersion, headers }: IncomingMessage): Answer | undefined =>
  httpVersion === '1.1' && headers.host === undefined ? gateway(400, 'The Host header is missing.') : undefined;

async function performed(
  incoming: Incoming,
  router: Router,
  performer: Performer,
  context: SandboxContext,
): Promise<Outcome> {
  try {
    // The answer to HEAD is the answer to GET; Node leaves its body out.
    const match = router.find(incoming.method === 'HEAD' ? 'GET' : incoming.method, incoming.path);
    return match ? await performer.perform(match, incoming) : answered(notImitated(router, incoming, context));
  } catch (error) {
    if (error instanceof URIError) return answered(gateway(400, 'The path is not encoded correctly.'));
    throw error;
  }
}

/** The sandbox does not pretend to have what it does not imitate. */
function notImitated(router: Router, incoming: Incoming, context: SandboxContext): Answer {
  const methods = router.methodsInsteadOf(incoming.method, incoming.path);
  if (methods.length > 0) return gateway(405, 'The method is not allowed.', { Allow: methods.join(', ') });
  context.counts.notImitated();
  const description = `The Partner Center sandbox does not imitate ${incoming.method} ${incoming.path}.`;
  return json({ code: 0, description, data: [], source: 'Sandbox' }, 501);
}

async function deliver(outcome: Outcome, exchange: Exchange): Promise<void> {
  switch (outcome.kind) {
    case 'answer':
      return writeAnswer(outcome.answer, exchange);
    case 'reset':
      breakOff(exchange.request.socket);
      return;
    case 'cut':
      return cutOff(outcome.answer, exchange.response);
    case 'silence':
      return;
  }
}

/** As hard as possible: only a plain TCP socket can be reset. */
function breakOff(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

async function cutOff({ status, headers, body: whole }: Answer, response: ServerResponse): Promise<void> {
  const body = Buffer.isBuffer(whole) ? whole : Buffer.from(typeof whole === 'string' ? whole : '');
  response.writeHead(status, { ...headers, 'Content-Length': body.length });
  response.write(body.subarray(0, body.length / 2));
  await wait(CUT_AFTER_MS);
  response.destroy();
}
