import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createDefaultHttpClient, createPipelineRequest } from '@azure/core-rest-pipeline';
import { defined } from '#shared/domain/defined';

interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
}

/** An answer up to its headers; the body is still on its way. */
export interface HttpAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly stream: NodeJS.ReadableStream;
}

/** One HTTP exchange. Rejects with Node's own error when there is no answer or the signal aborts. */
export type HttpClient = (request: HttpRequest) => Promise<HttpAnswer>;

/** Connections idle for longer are closed by us, before the server does it under a request. */
const IDLE_MILLISECONDS = 15_000;

/** Tells the Azure client to stream every answer, whatever its status. */
const EVERY_STATUS = new Set([Number.POSITIVE_INFINITY]);

/**
 * HTTP for an API root over kept connections: no redirects, no retries, no proxies, nothing but what is asked.
 * It is the Azure SDKs' HTTP client without their pipeline, whose retry policy would send a POST again.
 * Throws a RangeError for a root to which tokens would travel in the clear.
 */
export function createHttpClient(apiRoot: string): HttpClient {
  const secure = isSecure(apiRoot);
  const settings = { keepAlive: true, timeout: IDLE_MILLISECONDS };
  const agent = secure ? new HttpsAgent(settings) : new HttpAgent(settings);
  const client = createDefaultHttpClient();

  return async ({ method, url, headers, body, signal }) => {
    const answer = await client.sendRequest(
      createPipelineRequest({
        method,
        url,
        abortSignal: signal,
        allowInsecureConnection: !secure,
        streamResponseStatusCodes: EVERY_STATUS,
        ...defined({ body }),
        // Node's own options. Headers pass untouched here: the client must not unpack gzip, its unpacking hangs on a cut
        // answer. And createPipelineRequest would forget the agent.
        requestOverrides: {
          agent,
          headers: body === undefined ? headers : { ...headers, 'Content-Length': `${Buffer.byteLength(body)}` },
        },
      }),
    );
    if (answer.readableStreamBody === undefined) throw new TypeError('the HTTP client gave no stream');
    return { status: answer.status, header: (name) => answer.headers.get(name), stream: answer.readableStreamBody };
  };
}

/** Tokens travel to the root: https, or http within this machine. Throws a RangeError for anything else. */
function isSecure(root: string): boolean {
  const { protocol, hostname } = new URL(root);
  if (protocol === 'https:') return true;
  if (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return false;
  throw new RangeError(`${root} is neither https nor this machine: a token would travel in the clear`);
}
