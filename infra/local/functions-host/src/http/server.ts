import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Execute } from '#invocation/execute';
import type { HostedFunction, HttpTrigger } from '#invocation/hosted-function';
import { invocationRequest } from '#invocation/invocation-request';
import { errorDetails } from '#log/describe-error';
import type { HostLog } from '#log/log';
import { answerAdmin, type HostControl } from './admin';
import { opens, type Keys } from './keys';
import { BodyTooLarge, readBody, toRpcRequest } from './request';
import { refuseBody, respond, respondEmpty } from './respond';
import { compileRoute, splitPath, type MatchRoute, type RouteValues } from './route';

interface HttpOptions {
  readonly functions: readonly HostedFunction<HttpTrigger>[];
  readonly isDisabled: (functionName: string) => boolean;
  readonly routePrefix: string;
  /** Bytes. */
  readonly bodyLimit: number;
  readonly keys: Keys;
  readonly execute: Execute;
  readonly host: HostControl;
  readonly log: HostLog;
}

interface Route {
  readonly fn: HostedFunction<HttpTrigger>;
  readonly match: MatchRoute;
  readonly methods: ReadonlySet<string>;
}

/** Makes the host's HTTP server; it does not listen yet. Throws for a route that Azure rejects. */
export function createHttpServer(options: HttpOptions): Server {
  const routes = compileRoutes(options);
  return createServer((request, response) => {
    answer(options, routes, request, response).catch((error: unknown) => {
      options.log.write('error', 'Host.Http', errorDetails(error));
      response.destroy();
    });
  });
}

/** The real host sorts by function name and takes the first route that matches; a more specific one does not rank higher. */
function compileRoutes({ functions, routePrefix }: HttpOptions): Route[] {
  return functions
    .toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1))
    .map((fn) => ({
      fn,
      match: compileRoute(`${routePrefix}/${fn.trigger.route ?? fn.name}`),
      methods: new Set(fn.trigger.methods),
    }));
}

async function answer(
  options: HttpOptions,
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = readUrl(request);
  const path = url && splitPath(url.pathname);
  if (url === undefined || path === undefined) return respondEmpty(response, 400);
  const key = keyOf(request, url);
  if (path[0]?.toLowerCase() === 'admin')
    return answerAdmin(options.host, options.keys, { request, response, path, key });
  const found = findRoute(routes, request.method ?? 'GET', path);
  if (found === undefined) return respondEmpty(response, 404);
  const { fn, values } = found;
  if (options.isDisabled(fn.name) && !opens(options.keys, 'admin', fn.name, key)) return respondEmpty(response, 404);
  if (!opens(options.keys, fn.trigger.authLevel, fn.name, key)) return respondEmpty(response, 401);
  return invoke(options, fn, { request, response, url, values });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly values: RouteValues;
}

async function invoke(
  { bodyLimit, execute, host }: HttpOptions,
  fn: HostedFunction<HttpTrigger>,
  { request, response, url, values }: Exchange,
): Promise<void> {
  let body: Buffer | undefined;
  try {
    body = await readBody(request, bodyLimit);
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) return void response.destroy();
    return refuseBody(request, response);
  }
  const traceParent = request.headers['traceparent'];
  const invocation = invocationRequest(fn.registered, fn.bindingName, toRpcRequest(request, url, values, body), {
    traceParent: typeof traceParent === 'string' ? traceParent : undefined,
  });
  const result = await execute(fn, invocation, 'This function was programmatically called via the host APIs.').catch(
    () => undefined, // what went wrong is in the log; the caller never sees it
  );
  if (host.state() === 'Stopping') response.shouldKeepAlive = false; // an idle connection would keep the host from ending
  if (result === undefined) respondEmpty(response, 500);
  else respond(response, result);
}

function findRoute(
  routes: readonly Route[],
  method: string,
  path: readonly string[],
): { readonly fn: HostedFunction<HttpTrigger>; readonly values: RouteValues } | undefined {
  for (const { fn, match, methods } of routes) {
    if (!methods.has(method)) continue; // another method is 404, not 405, as on the real host
    const values = match(path);
    if (values !== undefined) return { fn, values };
  }
  return undefined;
}

function readUrl(request: IncomingMessage): URL | undefined {
  const target = request.url ?? '/';
  const base = `http://${request.headers.host ?? '127.0.0.1'}`;
  return URL.canParse(`${base}${target}`) ? new URL(`${base}${target}`) : undefined;
}

/** The function key that a request carries; the header wins over the query. */
function keyOf({ headers }: IncomingMessage, url: URL): string | undefined {
  const header = headers['x-functions-key'];
  return typeof header === 'string' ? header : (url.searchParams.get('code') ?? undefined);
}
