import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { oddCalls } from './support/odd-calls';
import { send } from './support/raw';
import { TestSandbox } from './support/sandbox';
import { CONTOSO, type Shopper } from './support/shopper';

let sandbox: TestSandbox;
let shopper: Shopper;
let authorization: string;
beforeAll(async () => {
  sandbox = await TestSandbox.start();
  shopper = sandbox.shopper();
  authorization = `Authorization: Bearer ${await shopper.token('user')}\r\n`;
});
afterAll(() => sandbox.stop());

/** The bytes of a request with a valid token; `tail` follows the first headers: more of them, an empty line, a body. */
const request = (method: string, path: string, tail = '\r\n'): string =>
  `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${authorization}${tail}`;

const CHUNK = `100000\r\n${'x'.repeat(0x10_0000)}\r\n`;
const CARTS = `/v1/customers/${CONTOSO}/carts`;

test.each<[what: string, bytes: () => string | Buffer, status: number]>([
  ['bytes that are not HTTP', () => 'hello\r\n\r\n', 400],
  ['the first bytes of TLS', () => Buffer.from('16030102000100', 'hex'), 400],
  ['the preface of HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['an unknown method', () => request('BREW', '/v1/customers'), 400],
  ['a request to a proxy', () => 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n', 405],
  ['HTTP/1.1 without a host', () => 'GET /health HTTP/1.1\r\n\r\n', 400],
  ['a header with a zero byte', () => request('GET', '/health', 'X-Odd: a\0b\r\n\r\n'), 400],
  ['an address of 20 kilobytes', () => request('GET', `/v1/${'a'.repeat(20_000)}`), 431],
  ['an address of three megabytes', () => request('GET', `/v1/${'a'.repeat(3_000_000)}`), 431],
  [
    'a large address after a good request on the same connection',
    () => request('GET', '/none') + request('GET', `/v1/${'a'.repeat(20_000)}`),
    501,
  ],
  ['broken percent-encoding', () => request('GET', '/v1/customers/%ZZ'), 400],
  [
    'an expectation that cannot be met',
    () => request('POST', CARTS, 'Expect: cake\r\nContent-Length: 2\r\n\r\n{}'),
    417,
  ],
  ['a length that is negative', () => request('POST', CARTS, 'Content-Length: -1\r\n\r\n'), 400],
  ['a length beyond all numbers', () => request('POST', CARTS, `Content-Length: ${'9'.repeat(30)}\r\n\r\n`), 400],
  ['two lengths in contradiction', () => request('POST', CARTS, 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n'), 400],
  [
    'a length and chunks',
    () => request('POST', CARTS, 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    400,
  ],
  ['five gigabytes announced and never sent', () => request('POST', CARTS, 'Content-Length: 5000000000\r\n\r\n{'), 413],
  ['five megabytes', () => request('POST', CARTS, `Content-Length: 5000000\r\n\r\n${' '.repeat(5_000_000)}`), 413],
  ['chunks without end', () => request('POST', CARTS, `Transfer-Encoding: chunked\r\n\r\n${CHUNK.repeat(6)}`), 413],
  ['a chunk without a length', () => request('POST', CARTS, 'Transfer-Encoding: chunked\r\n\r\nzz\r\n'), 400],
  ['a method the path lacks', () => request('DELETE', '/v1/customers'), 405],
  ['OPTIONS', () => request('OPTIONS', CARTS), 405],
  ['TRACE', () => request('TRACE', CARTS), 405],
  ['a path that is not imitated', () => request('GET', '/v1/agreements'), 501],
  [
    'an endpoint that is missing on a path that is known',
    () => request('POST', `/v1/customers/${CONTOSO}/orders`),
    501,
  ],
  ['a path that climbs out', () => request('GET', '/../../etc/passwd'), 501],
])('%s gets an answer in JSON', async (_, bytes, status) => {
  const answer = await send(sandbox.port, bytes());
  expect([answer.status, answer.headers]).toEqual([status, expect.stringContaining('application/json')]);
  expect(JSON.parse(answer.body)).toEqual(
    status === 501
      ? { code: 0, source: 'Sandbox', data: [], description: expect.stringContaining('does not imitate') }
      : { statusCode: status, message: expect.any(String) },
  );
});

/** A cart from exactly these bytes. */
const cartOf = async (body: string | Buffer) => {
  const response = await fetch(sandbox.base + CARTS, {
    method: 'POST',
    headers: { Authorization: `Bearer ${await shopper.token('app')}` },
    body,
  });
  return { status: response.status, body: await response.json() };
};

test.each<[what: string, body: string | Buffer]>([
  ['text that is not JSON', '{"lineItems":'],
  ['nothing', ''],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['a hundred thousand brackets', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['members as deep', '{"lineItems":'.repeat(50_000) + '1' + '}'.repeat(50_000)],
  ['a prototype instead of members', '{"__proto__":{"lineItems":[]},"constructor":{"prototype":{"lineItems":[]}}}'],
])('a body of %s is refused with 400/800002', async (_, body) => {
  expect(await cartOf(body)).toMatchObject({ status: 400, body: { code: 800002, description: expect.any(String) } });
});

test('prototypes in a body stay members of that body', async () => {
  const line = { catalogItemId: '__proto__', quantity: 1, billingCycle: 'constructor' };
  const text = JSON.stringify({ lineItems: [line] }).replace(
    '{"catalog',
    '{"__proto__":{"error":1},"provisioningContext":{"__proto__":"x","toString":"y"},"catalog',
  );
  expect(await cartOf(text)).toMatchObject({ status: 201, body: { lineItems: [{ error: { errorCode: 10001 } }] } });
  expect((await shopper.control('POST', '/settings', JSON.parse('{"__proto__":{"latencyMs":1}}'))).status).toBe(400);
  expect((await shopper.call('GET', '/v1/customers?__proto__=1&constructor=2')).status).toBe(200);
});

test('of a repeated name in the query the last counts, and names come in any case', async () => {
  const { body } = await shopper.call('GET', '/v1/customers?size=2&SIZE=1&Size=3');
  expect(body).toMatchObject({ totalCount: 3 });
});

test('HEAD answers what GET does, without the body, and the whole address is understood too', async () => {
  const get = await send(sandbox.port, request('GET', 'http://127.0.0.1/v1/customers'));
  const head = await send(sandbox.port, request('HEAD', '/v1/customers'));
  expect([get.status, head.status, head.body]).toEqual([200, 200, '']);
  expect(head.headers).toContain(`Content-Length: ${Buffer.byteLength(get.body)}`);
});

test('a wrong method gets the list of the right ones', async () => {
  const { headers } = await send(sandbox.port, request('PATCH', '/webhooks/v1/registration'));
  expect(headers).toContain('Allow: GET, HEAD, POST, PUT');
});

test('whatever is sent, an HTTP answer comes: no unexpected error, no stack trace, and the sandbox stays healthy', async () => {
  const cart = await shopper.createCart([await shopper.line('DG7GMGF0D5P1', '0001')]);
  const bought = await shopper.createCart([await shopper.line('DG7GMGF0D5P1', '0001')]);
  await shopper.checkout(bought.id);
  const known = {
    tenant: '11111111-1111-4111-8111-111111111111',
    customerId: CONTOSO,
    cartId: cart.id,
    orderId: (await shopper.ledger()).orders[0]?.orderId ?? '',
    lineItemNumber: '0',
    subscriptionId: 'c0ffee00-0000-4000-8000-000000000001',
    productId: 'CFQ7TTC0LH18',
    skuId: '0001',
    invoiceId: 'G000024135',
    provider: 'OneTime',
    lineItemType: 'BillingLineItems',
    receiptId: '123456',
  };
  await fc.assert(
    fc.asyncProperty(oddCalls(known), async ({ method, address, header, body }) => {
      const head = request(method, address, `${header}Content-Length: ${body.length}\r\n\r\n`);
      const answer = await send(sandbox.port, Buffer.concat([Buffer.from(head, 'latin1'), body]));
      expect(answer.status < 500 || answer.status === 501 ? 'expected' : answer).toBe('expected');
      expect(answer.body).not.toMatch(/^\s+at |node:internal|\.js:\d+/m);
    }),
    { numRuns: 500 },
  );
  expect(await (await fetch(`${sandbox.base}/health`)).json()).toEqual({ status: 'healthy' });
  await shopper.control('POST', '/reset');
  expect(await sandbox.shopper().ofCustomer('GET', '')).toMatchObject({ status: 200 });
});
