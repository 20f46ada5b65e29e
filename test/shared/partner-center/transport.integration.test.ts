import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ApiRequest } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import { checkoutCart } from '#shared/partner-center/resources/carts';
import { getProduct } from '#shared/partner-center/resources/catalogue';
import { getReservationDetails } from '#shared/partner-center/resources/entitlements';
import { aCall, ACCESS_TOKEN, startClientUnderTest, type ClientUnderTest } from './client-under-test';
import { inTurn, respond, startScriptedServer, type Answer } from './scripted-server';

const READ: ApiRequest = { operation: 'read a thing', method: 'GET', path: '/v1/things/1', token: 'app' };
const WRITE: ApiRequest = { operation: 'write a thing', method: 'POST', path: '/v1/things', token: 'app' };

/** Fewer open requests than a test makes one after the other. */
const PLACES = { partnerConcurrency: 8, customerConcurrency: 4 };

let client: ClientUnderTest;
beforeEach(async () => {
  client = await startClientUnderTest({ limits: { answerBytes: 1_000_000, ...PLACES } });
});
afterEach(() => client.close());

const ok = respond(200, { id: '1' });

function apiRequests() {
  return client.server.seen.filter(({ path }) => path.startsWith('/v1/'));
}

test('a call carries its ids, the token and the documented headers', async () => {
  client.answer(ok);
  const call = aCall();
  await client.pc.send({ ...READ, query: { country: 'DE', left: undefined, view: 'a b&c' } }, call);
  const [seen] = apiRequests();
  expect(seen?.url).toBe('/v1/things/1?country=DE&view=a%20b%26c');
  expect(seen?.headers).toMatchObject({
    accept: 'application/json',
    authorization: `Bearer ${ACCESS_TOKEN}`,
    'ms-requestid': call.requestId,
    'ms-correlationid': call.correlationId,
    'ms-contract-version': 'v1',
    'ms-partnercenter-application': 'Cartage tests',
    'x-locale': 'en-US',
  });
});

test('texts come in the language asked for', async () => {
  const german = await startClientUnderTest({ locale: 'de-DE' });
  german.answer(ok);
  await german.pc.send(READ, aCall());
  expect(german.server.seen.at(-1)?.headers['x-locale']).toBe('de-DE');
  await german.close();
});

test('no more requests are open at a time than the partner and the customer may have', async () => {
  const limits = { partnerConcurrency: 4, customerConcurrency: 2 };
  const start = Date.now();
  const gated = await startClientUnderTest({ limits, now: () => start });
  const open = { all: 0, ofA: 0, most: 0, mostOfA: 0 };
  gated.answer((seen, response) => {
    const ofA = seen.query.has('a') ? 1 : 0;
    open.all += 1;
    open.ofA += ofA;
    open.most = Math.max(open.most, open.all);
    open.mostOfA = Math.max(open.mostOfA, open.ofA);
    setTimeout(() => {
      open.all -= 1;
      open.ofA -= ofA;
      ok(seen, response);
    }, 10);
  });
  const reads = Array.from({ length: 20 }, (_, index) =>
    index % 2 === 0 ? { ...READ, customerId: 'a', query: { a: 1 } } : { ...READ, customerId: `b${index}` },
  );
  await Promise.all(reads.map((read) => gated.pc.send(read, aCall())));
  expect(open).toEqual({ all: 0, ofA: 0, most: 4, mostOfA: 2 });
  await gated.close();
});

test('a POST without a body says so with Content-Length 0, one with a body sends JSON', async () => {
  client.answer(respond(201, {}));
  await client.pc.send(WRITE, aCall());
  await client.pc.send({ ...WRITE, body: { name: 'Müller' } }, aCall());
  const [empty, full] = apiRequests();
  expect(empty?.headers['content-length']).toBe('0');
  expect(empty?.headers['transfer-encoding']).toBeUndefined();
  expect(full?.headers['content-type']).toBe('application/json');
  expect(full?.body).toBe('{"name":"Müller"}');
});

test('numbers keep every digit, and a byte order mark does no harm', async () => {
  client.answer(respond(200, '\ufeff{"large":12345678901234567890.123456789,"small":[1e-7],"usual":14.40}'));
  const { body } = await client.pc.send(READ, aCall());
  expect(body).toEqual({ large: '12345678901234567890.123456789', small: ['1e-7'], usual: '14.40' });
  client.answer(respond(200, '{"usual":12345678901.234}'));
  expect((await client.pc.send(READ, aCall())).body).toEqual({ usual: 12345678901.234 });
});

test('an empty answer has no body', async () => {
  client.answer(respond(202, undefined));
  expect((await client.pc.send(WRITE, aCall())).body).toBeUndefined();
});

test('a gzip answer is unpacked', async () => {
  const packed = gzipSync(JSON.stringify({ id: '7' }));
  client.answer((_seen, response) => {
    response.writeHead(200, { 'Content-Encoding': 'gzip' });
    response.end(packed);
  });
  expect((await client.pc.send(READ, aCall())).body).toEqual({ id: '7' });
  expect(apiRequests()[0]?.headers['accept-encoding']).toBe('gzip');
});

test('an empty answer that is called packed has no body either', async () => {
  client.answer(respond(202, undefined, { 'Content-Encoding': 'GZIP', 'Content-Length': '0' }));
  expect((await client.pc.send(WRITE, aCall())).body).toBeUndefined();
});

test('a refused token is replaced once, with the same request id', async () => {
  client.answer(inTurn(respond(401, { code: 800001, description: 'no token' }), ok));
  const call = aCall();
  await client.pc.send(WRITE, call);
  expect(apiRequests().map(({ headers }) => headers['ms-requestid'])).toEqual([call.requestId, call.requestId]);
  expect(client.server.seen.filter(({ path }) => path.includes('/oauth2/'))).toHaveLength(2);
});

const passing: readonly (readonly [what: string, answer: Answer])[] = [
  ['a 503 with HTML', respond(503, '<html><h1>Service Unavailable</h1></html>')],
  ['a 500 with a fault', respond(500, { code: 800003, description: 'unexpected' })],
  ['a 408', respond(408, undefined)],
  ['a reset connection', (_seen, response) => response.destroy()],
  ['a body that is cut short', cutShort],
  ['half a JSON', respond(200, '{"id": "1", "na')],
  ['HTML with status 200', respond(200, '<html>log in here</html>')],
  ['a gzip answer that is cut short', cutGzip],
];

function cutShort(_seen: unknown, response: Parameters<Answer>[1]): void {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
  response.write('{"id":');
  setImmediate(() => response.destroy());
}

function cutGzip(_seen: unknown, response: Parameters<Answer>[1]): void {
  const packed = gzipSync(JSON.stringify({ id: 'x'.repeat(5000) }));
  response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': `${packed.length}` });
  response.write(packed.subarray(0, packed.length - 10));
  setImmediate(() => response.destroy());
}

test.each(passing)('a read that meets %s is repeated with the same request id', async (_what, answer) => {
  client.answer(inTurn(answer, ok));
  const call = aCall();
  expect((await client.pc.send(READ, call)).body).toEqual({ id: '1' });
  expect(apiRequests().map(({ headers }) => headers['ms-requestid'])).toEqual([call.requestId, call.requestId]);
});

test.each(passing)(
  'a write that meets %s is not repeated and says that its outcome is unknown',
  async (_what, answer) => {
    client.answer(answer);
    await expect(client.pc.send(WRITE, aCall())).rejects.toMatchObject({
      name: 'PartnerCenterError',
      remedy: 'verify',
      outcomeKnown: false,
    });
    expect(apiRequests()).toHaveLength(1);
  },
);

test('a checkout may take three minutes, because it makes one order after the other', async () => {
  const asked: ApiRequest[] = [];
  const watched: Transport = {
    ...client.pc,
    send: (request, call) => {
      asked.push(request);
      return client.pc.send(request, call);
    },
  };
  client.answer(respond(201, { orders: [] }));
  await checkoutCart(watched, 'c1', 'k1', aCall());
  expect(asked).toMatchObject([{ method: 'POST', timeoutSeconds: 180 }]);
});

test('a POST that only reads is repeated like a GET', async () => {
  client.answer(inTurn(respond(503, undefined), ok));
  await client.pc.send({ ...WRITE, readsOnly: true }, aCall());
  expect(apiRequests()).toHaveLength(2);
});

test('a read that keeps failing is given up after three tries', async () => {
  client.answer(respond(502, '<html>bad gateway</html>'));
  await expect(client.pc.send(READ, aCall())).rejects.toMatchObject({
    remedy: 'repeat',
    status: 502,
    detail: 'bad gateway',
    outcomeKnown: true,
  });
  expect(apiRequests()).toHaveLength(3);
});

test('in a long outage the repeats stop and every read is tried once', async () => {
  client.answer(respond(503, undefined));
  for (let round = 0; round < 3; round += 1) {
    await Promise.allSettled(Array.from({ length: 5 }, () => client.pc.send(READ, aCall())));
  }
  expect(apiRequests()).toHaveLength(15 + 10);
});

test('a 429 closes the gate for every caller of that customer, and for no other', async () => {
  client.answer(
    inTurn(respond(429, { statusCode: 429, message: 'Rate limit is exceeded.' }, { 'Retry-After': '57' }), ok),
  );
  const forCustomer = { ...READ, customerId: 'a' };
  await expect(client.pc.send(forCustomer, aCall())).rejects.toMatchObject({
    status: 429,
    remedy: 'wait',
    retryAfterSeconds: 57,
  });
  await expect(client.pc.send(forCustomer, aCall())).rejects.toMatchObject({
    code: 'throttled',
    remedy: 'wait',
    outcomeKnown: true,
  });
  await client.pc.send({ ...READ, customerId: 'b' }, aCall());
  expect(apiRequests()).toHaveLength(2);
});

test.each([
  ['seconds', () => ({ 'Retry-After': '12' }), 'slow down', 12],
  ['a date', () => ({ 'Retry-After': new Date(Date.now() + 30_000).toUTCString() }), 'slow down', 30],
  ['only the text', () => ({}), 'Rate limit is exceeded. Try again in 57 seconds.', 57],
  ['nothing at all', () => ({}), 'slow down', 60],
  ['years in seconds', () => ({ 'Retry-After': '99999999999' }), 'slow down', 3600],
  ['a date in years', () => ({ 'Retry-After': 'Fri, 01 Jan 2100 00:00:00 GMT' }), 'slow down', 3600],
  ['years in the text', () => ({}), 'Rate limit is exceeded. Try again in 100000000 seconds.', 3600],
])(
  'a 429 that says how long by %s is understood',
  async (_how, headers: () => Record<string, string>, message, seconds) => {
    client.answer(respond(429, { statusCode: 429, message }, headers()));
    const wait = await client.pc
      .send(READ, aCall())
      .catch((error: { retryAfterSeconds: number }) => error.retryAfterSeconds);
    expect(Math.abs(Number(wait) - seconds)).toBeLessThanOrEqual(1);
  },
);

test('"item not available" inside a 200 is an error', async () => {
  client.answer(respond(200, { code: 400072, description: 'Item is not available' }));
  await expect(client.pc.send(READ, aCall())).rejects.toMatchObject({ code: '400072', remedy: 'refresh-catalogue' });
});

test('a download streams, with its headers, and gives its place in the queue back', async () => {
  const pdf = Buffer.alloc(3_000_000, 'pdf');
  client.answer((_seen, response) => {
    response.writeHead(200, { 'Content-Type': 'application/pdf', 'Content-Length': `${pdf.length}` });
    response.end(pdf);
  });
  for (let round = 0; round < 10; round += 1) {
    const { stream, header } = await client.pc.download({ ...READ, customerId: 'a' }, aCall());
    expect(header('content-type')).toBe('application/pdf');
    let size = 0;
    for await (const chunk of stream) size += chunk.length;
    expect(size).toBe(pdf.length);
  }
});

test('a download that breaks off ends its stream with an error', async () => {
  client.answer(cutShort);
  const { stream } = await client.pc.download(READ, aCall());
  const read = async () => {
    for await (const _ of stream) continue;
  };
  await expect(read()).rejects.toMatchObject({ name: 'PartnerCenterError', remedy: 'repeat' });
});

test('a download that drips is left after its time limit', async () => {
  const impatient = await startClientUnderTest({ limits: { downloadSeconds: 0.3 } });
  impatient.answer((_seen, response) => {
    const timer = setInterval(() => response.write('%PDF-'), 20);
    response.on('close', () => clearInterval(timer));
  });
  const { stream } = await impatient.pc.download(READ, aCall());
  const read = async () => {
    for await (const _ of stream) continue;
  };
  await expect(read()).rejects.toMatchObject({ code: 'timeout', remedy: 'repeat' });
  await impatient.close();
});

test('a reader that leaves in the middle closes the connection', async () => {
  const closed = new Promise<void>((resolve) => {
    client.answer((_seen, response) => {
      const timer = setInterval(() => response.write('%PDF-'), 5);
      response.on('close', () => {
        clearInterval(timer);
        resolve();
      });
    });
  });
  const { stream } = await client.pc.download(READ, aCall());
  for await (const _ of stream) break;
  await closed;
});

test('a link leads to the configured host only, whatever host and headers it names', async () => {
  const evil = await startScriptedServer(ok);
  client.answer(respond(200, { reservations: [] }));
  const headers = [
    { key: 'Authorization', value: 'Bearer other' },
    { key: 'Host', value: 'evil.example' },
    { key: 'MS-ContinuationToken', value: 't' },
  ];
  await getReservationDetails(
    client.pc,
    'c1',
    { uri: `${evil.origin}/customers/c1/artifacts/x?a=b%20c`, headers },
    aCall(),
  );
  expect(evil.seen).toHaveLength(0);
  const [seen] = apiRequests();
  expect(seen?.url).toBe('/v1/customers/c1/artifacts/x?a=b%20c');
  expect(seen?.headers).toMatchObject({ authorization: `Bearer ${ACCESS_TOKEN}`, 'ms-continuationtoken': 't' });
  expect(client.server.origin).toContain(seen?.headers.host);
  await evil.close();
});

test('a link that is no address breaks the contract, and nothing is asked', async () => {
  const link = { uri: 'http://[', headers: [] };
  await expect(getReservationDetails(client.pc, 'c1', link, aCall())).rejects.toMatchObject({
    name: 'ContractError',
    problems: ['link.uri: expected a path'],
  });
  expect(apiRequests()).toHaveLength(0);
});

test('an API root to which tokens would travel in the clear is refused', async () => {
  await expect(startClientUnderTest({ apiRoot: 'http://api.example.com' })).rejects.toThrow('in the clear');
});

test('an id cannot lead out of its place in a path', async () => {
  client.answer(respond(200, { id: 'x' }));
  const read = getProduct(client.pc, { kind: 'market', country: 'DE' }, 'a/../../b?c#d', {}, aCall());
  await expect(read).rejects.toHaveProperty('name', 'ContractError');
  expect(apiRequests()[0]?.url).toBe('/v1/products/a%2F..%2F..%2Fb%3Fc%23d?country=DE');
  await expect(getProduct(client.pc, { kind: 'customer', customerId: '..' }, 'p1', {}, aCall())).rejects.toThrow(
    RangeError,
  );
  await expect(getProduct(client.pc, { kind: 'market', country: 'DE' }, '', {}, aCall())).rejects.toThrow(RangeError);
});

test('a request that cannot be built is a mistake of ours and not a network failure', async () => {
  const call = { ...aCall(), requestId: 'two\nlines' };
  await expect(client.pc.send(WRITE, call)).rejects.toMatchObject({ code: 'ERR_INVALID_CHAR' });
  await expect(client.pc.send(WRITE, call)).rejects.not.toMatchObject({ name: 'PartnerCenterError' });
  expect(apiRequests()).toHaveLength(0);
});
