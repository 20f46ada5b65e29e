import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { ZodError } from 'zod';
import type { Broker } from '#broker/broker';
import { type SharedAccessKey, refuseToken } from '#clients/sas';
import type { AmqpServer } from '#clients/server';
import { type AtomRequest, refuse, serveAtom } from './atom/atom';
import { countsPage } from './counts';
import { faultsSchema } from './faults-schema';

const MAX_BODY = 1024 * 1024;

/** The HTTP server on 127.0.0.1: health, counts, the calls of the SDK's admin client and, when allowed, faults. */
export class AdminServer {
  readonly #server: Server;
  readonly #broker: Broker;
  readonly #amqp: AmqpServer;
  readonly #key: SharedAccessKey;
  readonly #faultsAllowed: boolean;
  /** Answers the requests of a server that listens already. */
  constructor(server: Server, broker: Broker, amqp: AmqpServer, key: SharedAccessKey, faultsAllowed: boolean) {
    this.#server = server;
    this.#broker = broker;
    this.#amqp = amqp;
    this.#key = key;
    this.#faultsAllowed = faultsAllowed;
    server.on('request', (request, response) => {
      this.#handle(request, response).catch((error: unknown) => fail(response, error));
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const base = 'http://127.0.0.1';
    if (!URL.canParse(request.url ?? '/', base)) return json(response, 400, { error: 'The address is malformed.' });
    const url = new URL(request.url ?? '/', base);
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /health':
        return json(response, 200, { status: 'healthy', connections: this.#amqp.size, ...consumption() });
      case 'GET /counts':
        return json(response, 200, countsPage(this.#broker));
      case 'POST /faults':
        if (!this.#faultsAllowed)
          return json(response, 403, { error: 'Faults are off. Start the broker with --faults.' });
        // Browsers name the page that writes; this server has no pages of its own.
        if (request.headers.origin !== undefined)
          return json(response, 403, { error: 'A web page may not change the broker.' });
        this.#fault(await readBody(request));
        return json(response, 200, {});
      default:
        return this.#atom(request, response, url);
    }
  }

  /** Everything else is the admin client's: it needs a token of the shared access key. */
  async #atom(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const path = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '');
    const token = request.headers.authorization ?? '';
    const refusal = refuseToken(token, `sb://127.0.0.1/${path}`, this.#key, Date.now());
    const { status, body } =
      refusal === undefined
        ? await serveAtom(await atomRequest(request, path, url), this.#broker)
        : refuse(401, refusal);
    response.writeHead(status, { 'content-type': 'application/atom+xml;charset=utf-8' }).end(body);
  }

  #fault(body: string): void {
    const wanted = faultsSchema.parse(JSON.parse(body));
    this.#broker.faults.set(wanted);
    if (wanted.diskFull !== undefined) this.#broker.failWrites(wanted.diskFull);
    if (wanted.loseLocks) this.#broker.loseLocks();
    if (wanted.moveClock !== undefined) this.#broker.clock.move(wanted.moveClock);
    if (wanted.dropConnections) this.#amqp.drop();
  }
}

/** What the process has used: processor microseconds since its start, resident bytes now. */
function consumption(): { cpuMicroseconds: number; rssBytes: number } {
  const { user, system } = process.cpuUsage();
  return { cpuMicroseconds: user + system, rssBytes: process.memoryUsage.rss() };
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function fail(response: ServerResponse, error: unknown): void {
  const mistake = error instanceof ZodError || error instanceof SyntaxError || error instanceof URIError;
  json(response, mistake ? 400 : 500, { error: error instanceof Error ? error.message : String(error) });
}

async function atomRequest(request: IncomingMessage, path: string, url: URL): Promise<AtomRequest> {
  const updates = request.headers['if-match'] !== undefined;
  const body = await readBody(request);
  return { method: request.method ?? 'GET', path, query: url.searchParams, updates, body };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > MAX_BODY) throw new SyntaxError('The body is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
