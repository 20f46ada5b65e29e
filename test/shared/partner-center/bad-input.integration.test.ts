import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { eventually } from '@cartage/stack/eventually';
import type { ApiRequest } from '#shared/partner-center/http/request';
import { aCall, SECRETS, startClientUnderTest, type ClientUnderTest } from './client-under-test';
import { respond, startScriptedServer, type Answer, type ScriptedServer } from './scripted-server';

/*
 * What goes wrong on the other side, at the API and at the sign-in: every row ends in bounded time and memory, with an
 * error that says what it is and what to do, and no secret in the error or at another host.
 */

const WRITE: ApiRequest = {
  operation: 'write a thing',
  method: 'POST',
  path: '/v1/things',
  body: { name: 'x' },
  token: 'user',
};
const TIME_LIMIT = 10_000;
const MEGABYTE = 1_000_000;

let client: ClientUnderTest;
let elsewhere: ScriptedServer;
let written: number;
let open: number;
beforeEach(async () => {
  client = await startClientUnderTest({ limits: { answerBytes: MEGABYTE } });
  elsewhere = await startScriptedServer(respond(200, {}));
  written = 0;
  open = 0;
});
afterEach(async () => {
  jest.useRealTimers();
  await client.close();
  await elsewhere.close();
});

const silence: Answer = () => undefined;

const drip: Answer = (_seen, response) => {
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};

const redirect =
  (status: number): Answer =>
  (seen, response) =>
    respond(status, undefined, { Location: `${elsewhere.origin}${seen.url}` })(seen, response);

/** Fifty megabytes, written as fast as the client takes them. */
const huge =
  (status: number): Answer =>
  (_seen, response) => {
    function* chunks() {
      for (; written < 50 * MEGABYTE; written += 100_000) yield Buffer.alloc(100_000, ' ');
    }
    response.writeHead(status);
    Readable.from(chunks()).pipe(response);
  };

const packed = gzipSync(Buffer.alloc(50 * MEGABYTE, ' '));
const bomb: Answer = (_seen, response) => {
  response.writeHead(200, { 'Content-Encoding': 'gzip' });
  response.end(packed);
};

const endlessHeaders: Answer = (_seen, response) => {
  response.writeHead(200, { 'X-Padding': 'x'.repeat(100_000) });
  response.end();
};

const noHttp: Answer = (_seen, response) => {
  response.socket?.end('220 mail.example ESMTP\r\n');
};

/** Counts the connections on which the client still listens. */
function watched(answer: Answer): Answer {
  return (seen, response) => {
    open += 1;
    response.on('close', () => (open -= 1));
    answer(seen, response);
  };
}

async function failureOf(failing: Promise<unknown>): Promise<Error> {
  const error = await failing.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof Error)) throw new Error('it was expected to fail');
  return error;
}

/** Nothing goes on behind the error's back, and little was read. */
async function expectEnd(): Promise<void> {
  await eventually('the client listens no more', () => open === 0);
  expect(written).toBeLessThan(20 * MEGABYTE);
}

/** Everything a log could show holds no secret, and nobody else was sent anything. */
function expectNoLeak(error: Error): void {
  const shown = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify([error, client.tokens.health()]);
  for (const secret of SECRETS) expect(shown).not.toContain(secret);
  expect(elsewhere.seen).toEqual([]);
}

const CLEAR = {
  name: 'PartnerCenterError',
  requestId: expect.any(String),
  correlationId: expect.any(String),
  advice: expect.stringMatching(/^[A-Z].+\.$/),
};

const unclear = { remedy: 'verify', outcomeKnown: false };
const refused = { remedy: 'hold', outcomeKnown: true };

test.each<[what: string, answer: Answer, meant: Record<string, unknown>, requests: number]>([
  ['refuses every token', respond(401, { code: 800001 }), { ...refused, status: 401 }, 2],
  ['refuses every token with 50 MB', huge(401), { ...refused, status: 401 }, 2],
  ['redirects with 302', redirect(302), { ...refused, status: 302 }, 1],
  ['redirects with 307, which would send the body again', redirect(307), { ...refused, status: 307 }, 1],
  ['answers 50 MB', huge(200), { ...unclear, code: 'answer-too-large' }, 1],
  ['refuses with 50 MB', huge(403), { ...refused, status: 403, detail: undefined }, 1],
  ['answers 50 MB packed into a few kilobytes', bomb, { ...unclear, code: 'answer-too-large' }, 1],
  ['has endless headers', endlessHeaders, { ...unclear, code: 'HPE_HEADER_OVERFLOW' }, 1],
  ['drips', drip, { ...unclear, code: 'timeout' }, 1],
  ['never answers', silence, { ...unclear, code: 'timeout' }, 1],
  ['resets the connection', (_seen, response) => response.destroy(), { ...unclear, code: 'ECONNRESET' }, 1],
  ['speaks no HTTP', noHttp, { ...unclear, code: expect.stringMatching(/^HPE_/) }, 1],
  ['is a web page', respond(200, '<html>log in here</html>'), { ...unclear, code: 'not-json' }, 1],
])(
  'an API that %s is left in bounded time and memory, with a clear error and without a leak',
  async (_what, answer, meant, requests) => {
    client.answer(watched(answer));
    const timeoutSeconds = meant['code'] === 'timeout' ? 0.2 : 8;
    const error = await failureOf(client.pc.send({ ...WRITE, timeoutSeconds }, aCall()));
    expect(error).toMatchObject({ ...CLEAR, ...meant });
    expectNoLeak(error);
    expect(client.server.seen.filter(({ path }) => path === WRITE.path)).toHaveLength(requests);
    await expectEnd();
  },
  TIME_LIMIT,
);

test.each<[what: string, apiRoot: () => string, meant: Record<string, unknown>]>([
  ['where nobody listens', () => 'http://127.0.0.1:1', { code: 'ECONNREFUSED', remedy: 'repeat', outcomeKnown: true }],
  ['without https', () => client.server.origin.replace('http:', 'https:'), refused],
])(
  'a wrong host %s was sent nothing, so that the outcome is known even for a write',
  async (_what, apiRoot, meant) => {
    const lost = await startClientUnderTest({ apiRoot: apiRoot() });
    const error = await failureOf(lost.pc.send(WRITE, aCall()));
    expect(error).toMatchObject({ ...CLEAR, ...meant });
    expectNoLeak(error);
    expect(client.server.seen).toEqual([]);
    await lost.close();
  },
  TIME_LIMIT,
);

function entra(status: number, error: string, description: string): Answer {
  return respond(status, { error, error_description: `${description} Trace ID: 1` });
}

test.each<[what: string, answer: Answer, meant: Record<string, unknown>]>([
  [
    'with an expired secret',
    entra(401, 'invalid_client', 'AADSTS7000222: The provided client secret keys are expired.'),
    { ...refused, code: 'AADSTS7000222', advice: expect.stringContaining('secret has expired') },
  ],
  [
    'with a revoked consent',
    entra(400, 'invalid_grant', 'AADSTS65001: The user or administrator has not consented.'),
    { ...refused, code: 'AADSTS65001', advice: expect.stringContaining('repeat the consent') },
  ],
  ['that redirects with 302', redirect(302), { remedy: 'repeat' }],
  ['that redirects with 307, which would send the secrets again', redirect(307), { remedy: 'repeat' }],
  ['of 50 MB', huge(200), { remedy: 'repeat' }],
  ['that is a web page', respond(200, '<html>log in here</html>'), { remedy: 'repeat' }],
  ['that speaks no HTTP', noHttp, { remedy: 'repeat' }],
])(
  'a sign-in %s says so and leaks nothing, and nothing reaches the API',
  async (_what, answer, meant) => {
    client.answerSignIn(watched(answer));
    const error = await failureOf(client.pc.send(WRITE, aCall()));
    expect(error).toMatchObject({ ...CLEAR, operation: 'sign in (user)', outcomeKnown: true, ...meant });
    expectNoLeak(error);
    expect(client.server.seen.filter(({ path }) => path === WRITE.path)).toEqual([]);
    await expectEnd();
    expect(client.tokens.health().user).toMatchObject({ state: 'failed', lastFailure: { advice: CLEAR.advice } });
  },
  TIME_LIMIT,
);

test.each([
  ['drips', drip],
  ['never answers', silence],
])(
  'a sign-in that %s is left after half a minute, with a clear error and without a leak',
  async (_what, answer) => {
    // The clock of the time limit alone is moved; the sockets live on in real time.
    jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'setImmediate', 'setInterval', 'clearInterval'] });
    client.answerSignIn(watched(answer));
    const failure = failureOf(client.tokens.get('user', aCall()));
    const isAsked = () => open > 0;
    while (!isAsked()) await new Promise((resolve) => setImmediate(resolve));
    jest.advanceTimersByTime(30_000);
    const error = await failure;
    expect(error).toMatchObject({ ...CLEAR, remedy: 'repeat', outcomeKnown: true });
    expectNoLeak(error);
    jest.useRealTimers();
    await expectEnd();
  },
  TIME_LIMIT,
);
