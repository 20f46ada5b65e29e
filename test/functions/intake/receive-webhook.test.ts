import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { HttpRequest, type HttpRequestInit, type HttpResponseInit } from '@azure/functions';
import { sign } from '@cartage/stack/sign';
import { readPurchase } from '#functions/intake/read-purchase';
import { receiveWebhook } from '#functions/intake/receive-webhook';
import { createPurchaseStore } from '#shared/pipeline/purchase-store';
import { aRequester, CUSTOMER, NOW, SECRET } from '#test/support/builders';
import { settings } from '#test/support/machine';
import { memoryTable, MemoryBus } from '#test/support/memory';

const KEY = 'a-read-key';
const readKeys = [createHash('sha256').update(KEY).digest('hex')];

function entryPoints() {
  const log: unknown[] = [];
  const deps = {
    bus: new MemoryBus(() => NOW),
    purchases: createPurchaseStore(memoryTable()),
    requesters: [aRequester({ readKeys })],
    settings,
    log: (...line: unknown[]) => void log.push(line),
    now: () => NOW,
  };
  return { deps, post: receiveWebhook(deps), read: readPurchase(deps), log };
}

const good = Buffer.from(
  JSON.stringify({ customerId: CUSTOMER, lines: [{ productId: 'DZH318Z0CSA1', skuId: '0001', quantity: 5 }] }),
);

/** A request as the host hands it over: one that came in chunks has no body. */
function request(headers: Record<string, string>, body?: Buffer): HttpRequest {
  const init: HttpRequestInit = { method: 'POST', url: 'http://localhost/api/purchases', headers };
  return new HttpRequest(body ? { ...init, body: { bytes: body } } : init);
}

const signed = (id: string, body: Buffer) => ({ ...sign(SECRET, id, body, NOW), 'content-length': `${body.length}` });
const bodyOf = ({ body }: HttpResponseInit): unknown => JSON.parse(typeof body === 'string' ? body : '');

test('a well signed request that comes in chunks is answered 411 with advice, not with doubts about its signature', async () => {
  const { post, deps } = entryPoints();
  const headers = { ...sign(SECRET, 'chunked-1', good, NOW), 'transfer-encoding': 'chunked' };
  const answer = await post(request(headers));
  expect(answer.status).toBe(411);
  expect(bodyOf(answer)).toMatchObject({ detail: expect.stringContaining('Content-Length') });
  expect((await post(request(sign(SECRET, 'chunked-1', good, NOW)))).status).toBe(411);
  expect(deps.bus.sent).toEqual([]);
});

test.each(['gzip', 'br', 'GZIP', 'gzip, identity'])(
  'a request compressed with %s is answered 415 with advice',
  async (coding) => {
    const { post } = entryPoints();
    const body = gzipSync(good);
    const answer = await post(request({ ...signed('compressed-1', good), 'content-encoding': coding }, body));
    expect(answer.status).toBe(415);
    expect(bodyOf(answer)).toMatchObject({ detail: expect.stringContaining('Content-Encoding') });
  },
);

test('a body that says it is not compressed is read', async () => {
  const { post } = entryPoints();
  expect((await post(request({ ...signed('identity-1', good), 'content-encoding': 'identity' }, good))).status).toBe(
    202,
  );
});

test('an empty body is a matter of its signature', async () => {
  const { post } = entryPoints();
  expect((await post(request({ 'content-length': '0' }))).status).toBe(401);
});

test('an id that breaks the rule is named to who has signed, and to nobody else', async () => {
  const { post } = entryPoints();
  const id = 'with space';
  const answer = await post(request(signed(id, good), good));
  expect(answer.status).toBe(422);
  expect(bodyOf(answer)).toMatchObject({ errors: [{ field: 'webhook-id', message: expect.stringContaining('256') }] });
  const stranger = await post(request({ ...signed(id, good), 'webhook-signature': 'v1,AAAA' }, good));
  expect(stranger.status).toBe(401);
  expect(bodyOf(stranger)).not.toHaveProperty('errors');
});

test.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('a read key is read after "%s"', async (scheme) => {
  const { post, read } = entryPoints();
  const { jsonBody } = await post(request(signed('bearer-1', good), good));
  const url = 'http://localhost/api/purchases/1';
  const params = { id: String(jsonBody?.purchaseId) };
  const ask = (authorization: string) =>
    read(new HttpRequest({ method: 'GET', url, params, headers: { authorization } }));
  expect(await ask(`${scheme} ${KEY}`)).toMatchObject({ jsonBody: { requestId: 'bearer-1' } });
  expect((await ask(`${scheme}${KEY}`)).status).toBe(401);
});
