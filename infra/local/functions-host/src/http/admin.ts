import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { opens, type Keys } from './keys';
import { readBody } from './request';
import { respondEmpty } from './respond';

export type HostState = 'Starting' | 'Running' | 'Stopping';

/** What the host's own HTTP endpoints need of the host. */
export interface HostControl {
  /** `Running` once every listener is attached. */
  state(): HostState;
  /** Starts a function now, without waiting for its end; false if there is none of that name. */
  runNow(functionName: string, input: string): boolean;
}

interface AdminCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: readonly string[];
  readonly key: string | undefined;
}

const runBody = z.object({ input: z.string().default('') });
const RUN_BODY_LIMIT_BYTES = 1024 * 1024;

/**
 * Answers `GET /admin/host/status` (open to all) and `POST /admin/functions/{name}` (master key)
 * (https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http).
 */
export async function answerAdmin(
  host: HostControl,
  keys: Keys,
  { request, response, path, key }: AdminCall,
): Promise<void> {
  const call = `${request.method ?? ''} ${path.slice(1).join('/').toLowerCase()}`;
  if (call === 'GET host/status') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ state: host.state() }));
    return;
  }
  const [, area, name = ''] = path;
  if (request.method !== 'POST' || area?.toLowerCase() !== 'functions' || path.length !== 3)
    return respondEmpty(response, 404);
  if (!opens(keys, 'admin', name, key)) return respondEmpty(response, 401);
  const input = readInput(await readBody(request, RUN_BODY_LIMIT_BYTES));
  if (input === undefined) return respondEmpty(response, 400);
  respondEmpty(response, host.runNow(name, input) ? 202 : 404);
}

function readInput(body: Buffer | undefined): string | undefined {
  if (body === undefined) return '';
  try {
    return runBody.parse(JSON.parse(body.toString())).input;
  } catch {
    return undefined;
  }
}
