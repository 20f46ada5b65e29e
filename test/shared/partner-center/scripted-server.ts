import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (seen: Seen, response: ServerResponse) => void;

/** A real HTTP server on a free port that answers as a test says, and remembers what it was asked. */
export interface ScriptedServer {
  readonly origin: string;
  readonly seen: Seen[];
  /** What to answer from now on. */
  answer(answer: Answer): void;
  close(): Promise<void>;
}

export async function startScriptedServer(first: Answer = respond(404, undefined)): Promise<ScriptedServer> {
  const seen: Seen[] = [];
  let current = first;
  const server = createServer((message, response) => void handle(message, response));

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(message.url ?? '/', 'http://server');
    const request = {
      method: message.method ?? '',
      url: message.url ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: message.headers,
      body: await text(message),
    };
    seen.push(request);
    current(request, response);
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    seen,
    answer: (answer) => {
      current = answer;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The same answer every time: JSON (or text as it is), with a status and headers. */
export function respond(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  const isText = typeof body === 'string';
  const content = body === undefined ? '' : isText ? body : JSON.stringify(body);
  return (_seen, response) => {
    response.writeHead(status, { 'Content-Type': isText ? 'text/html' : 'application/json', ...headers });
    response.end(content);
  };
}

/** These answers one after the other; the last one stays. */
export function inTurn(...answers: readonly Answer[]): Answer {
  let turn = 0;
  return (seen, response) => {
    const answer = answers[Math.min(turn, answers.length - 1)];
    turn += 1;
    answer?.(seen, response);
  };
}
