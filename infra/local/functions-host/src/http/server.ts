import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { HostedFunction, HttpTrigger } from '#bindings';
import type { Execute } from '#execute';
import type { HostLog } from '#log';
import { invocationRequest } from '#worker/worker';
import { answerAdmin, type AdminDoor } from './admin';
import { opens, type Keys } from './keys';
import { BodyTooLarge, readBody, toRpcRequest } from './request';
import { respond, respondEmpty } from './respond';
import { compileRoute, splitPath, type MatchRoute, type RouteValues } from './route';

export interface HttpOptions {
  functions: HostedFunction<HttpTrigger>[];
  isDisabled: (functionName: string) => boolean;
  routePrefix: string;
  bodyLimit: number;
  keys: Keys;
  execute: Execute;
  admin: AdminDoor;
  log: HostLog;
}

interface Route {
  fn: HostedFunction<HttpTrigger>;
  match: MatchRoute;
  methods: Set<string>;
}

/** Makes the host's HTTP server; it listens to nothing yet. */
export function createHttpServer(options: HttpOptions): Server {
  const routes = compileRoutes(options);
  return createServer((request, response) => {
    answer(options, routes, request, response).catch((error: unknown) => {
      options.log.write('error', 'Host.Http', error instanceof Error ? (error.stack ?? error.message) : String(error));
      response.destroy();
    });
  });
}

/** The real host sorts by function name and takes the first route that fits; nothing ranks the more specific one higher. */
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
  routes: Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = readUrl(request);
  const path = url === undefined ? undefined : splitPath(url.pathname);
  if (url === undefined || path === undefined) return respondEmpty(response, 400);
  const key = keyOf(request, url);
  if (path[0]?.toLowerCase() === 'admin')
    return answerAdmin(options.admin, options.keys, { request, response, path, key });
  const found = findRoute(routes, request.method ?? 'GET', path);
  if (found === undefined) return respondEmpty(response, 404);
  const { fn, values } = found;
  if (options.isDisabled(fn.name) && !opens(options.keys, 'admin', fn.name, key)) return respondEmpty(response, 404);
  if (!opens(options.keys, fn.trigger.authLevel, fn.name, key)) return respondEmpty(response, 401);
  return invoke(options, found.fn, { request, response, url, values });
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  values: RouteValues;
}

async function invoke(
  { bodyLimit, execute, admin }: HttpOptions,
  fn: HostedFunction<HttpTrigger>,
  exchange: Exchange,
): Promise<void> {
  const { request, response, url, values } = exchange;
  let body: Buffer | undefined;
  try {
    body = await readBody(request, bodyLimit);
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) return void response.destroy();
    response.setHeader('connection', 'close');
    return respondEmpty(response, 413);
  }
  const traceParent = request.headers['traceparent'];
  const invocation = invocationRequest(
    fn.registered,
    fn.bindingName,
    toRpcRequest(request, url, values, body),
    typeof traceParent === 'string' ? { traceParent } : {},
  );
  const result = await execute(fn, invocation, 'This function was programmatically called via the host APIs.').catch(
    () => 'failed' as const,
  );
  if (admin.state() === 'Stopping') response.shouldKeepAlive = false; // an idle connection would keep the host from ending
  if (result === 'failed')
    respondEmpty(response, 500); // what went wrong is in the log; the caller never sees it
  else respond(response, result);
}

function findRoute(
  routes: Route[],
  method: string,
  path: string[],
): { fn: HostedFunction<HttpTrigger>; values: RouteValues } | undefined {
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

/** The header wins over the query. */
function keyOf({ headers }: IncomingMessage, url: URL): string | undefined {
  const header = headers['x-functions-key'];
  return typeof header === 'string' ? header : (url.searchParams.get('code') ?? undefined);
}
