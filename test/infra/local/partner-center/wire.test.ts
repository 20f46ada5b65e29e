import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { contoso, type Shopper } from './shopper';
import { TestSandbox } from './support';

let sandbox: TestSandbox;
let shopper: Shopper;
beforeAll(async () => {
  sandbox = await TestSandbox.start();
  shopper = sandbox.shopper();
});
afterAll(() => sandbox.stop());

test('ids come back as they were sent, and are made up when missing', async () => {
  const answer = await shopper.call('GET', '/v1/customers', {
    headers: { 'MS-RequestId': 'ours', 'MS-CorrelationId': 'also', 'X-Locale': 'de-DE' },
  });
  expect(answer.headers).toMatchObject({
    'ms-requestid': 'ours',
    'ms-correlationid': 'also',
    'x-locale': 'de-DE',
    'ms-cv': expect.any(String),
    'ms-serverid': expect.any(String),
  });
  expect((await shopper.call('GET', '/v1/customers')).headers['ms-requestid']).toMatch(/^[0-9a-f-]{36}$/);
});

test('echoes can be doubled, and bodies can start with a byte order mark', async () => {
  await shopper.control('POST', '/settings', { echoTwice: true, byteOrderMark: true });
  const response = await fetch(`${sandbox.base}/v1/customers`, {
    headers: { Authorization: `Bearer ${await shopper.token('app')}`, 'MS-RequestId': 'a' },
  });
  expect(response.headers.get('ms-requestid')).toBe('a,a');
  expect(Buffer.from(await response.arrayBuffer()).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  // `fetch` drops the mark when it decodes text, so the control answer can be read.
  await shopper.control('POST', '/settings', { echoTwice: false, byteOrderMark: false });
});

test('large bodies are compressed for callers who allow it', async () => {
  const path = '/v1/products/CFQ7TTC0LH18/skus/0001/availabilities?country=DE';
  await shopper.control('POST', '/settings', { gzipFromBytes: 100 });
  const zipped = await shopper.call('GET', path);
  const plain = await shopper.call('GET', path, { headers: { 'Accept-Encoding': 'identity' } });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(zipped.body).toEqual(plain.body);
  const lines = '/v1/invoices/G000024135/lineitems?provider=onetime&invoicelineitemtype=billinglineitems';
  expect((await shopper.call('GET', lines)).headers['content-encoding']).toBe('gzip');
});

test('the answer to ValidateMfa tells whether the token is MFA compliant', async () => {
  const headers = { ValidateMfa: 'true' };
  const user = await shopper.call('GET', '/v1/customers', { kind: 'user', headers });
  const app = await shopper.call('GET', '/v1/customers', { kind: 'app', headers });
  expect([user.headers['ismfacompliant'], app.headers['ismfacompliant']]).toEqual(['true', 'false']);
});

test('paths are found in any case, with doubled and trailing slashes', async () => {
  expect((await shopper.call('GET', `/V1/Customers/${contoso.toUpperCase()}/`)).status).toBe(200);
  expect((await shopper.call('GET', '/v1//INVOICES/g000024135/LineItems/OneTime/BillingLineItems')).status).toBe(404);
  expect((await shopper.call('GET', '/v1//INVOICES/G000024135/LineItems/OneTime/BillingLineItems')).status).toBe(200);
});

test('what is not imitated answers 501 and says so, a wrong method 405', async () => {
  const missing = await shopper.call('GET', '/v1/agreements');
  expect(missing).toMatchObject({ status: 501, body: { description: expect.stringContaining('does not imitate') } });
  const wrong = await shopper.call('DELETE', '/v1/customers');
  expect(wrong).toMatchObject({ status: 405, headers: { allow: 'GET' } });
});

/** Sends these bytes as they are; answers everything that comes back. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(sandbox.base).port), '127.0.0.1');
  socket.end(bytes);
  return text(socket);
}

test.each([
  ['a path with broken encoding', 'GET /v1/customers/%ZZ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', '400'],
  ['no HTTP at all', 'hello\r\n\r\n', '400'],
  [
    'a request that waits for permission',
    'POST /v1/customers/x/carts HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}',
    '401',
  ],
])('%s gets an answer', async (_, bytes, status) => {
  expect(await raw(bytes)).toContain(` ${status} `);
});

/** A cart from exactly this text. */
const post = async (body: string): Promise<Response> =>
  fetch(`${sandbox.base}/v1/customers/${contoso}/carts`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${await shopper.token('app')}` },
    body,
  });

test('a body that is no JSON is 400/800002, one of five megabytes is 413', async () => {
  const answer = await post('{"lineItems":');
  expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ code: 800002 })]);
  expect((await post(' '.repeat(5_000_000))).status).toBe(413);
});

const paths = fc.constantFrom(
  `/v1/customers/${contoso}/carts`,
  `/v1/customers/${contoso}/carts/x/checkout`,
  `/v1/customers/${contoso}/orders/x`,
  `/v1/customers/${contoso}/qualifications`,
  `/v1/customers/${contoso}/subscriptions/x/registrations`,
  '/v1/customers',
  '/v1/extensions/product/checkInventory?country=DE',
  '/v1/products',
  '/v1/invoices',
  '/v1/invoices/G000024135/lineitems',
  '/v1/auditrecords',
  '/webhooks/v1/registration',
  '/sandbox/faults',
  '/sandbox/clock',
  '/11111111-1111-4111-8111-111111111111/oauth2/token',
);
const names = fc.constantFrom(
  'lineItems',
  'targetItems',
  'quantity',
  'filter',
  'size',
  'offset',
  'kind',
  'provider',
  'startDate',
);

test('no request, however odd, gets a stack trace or an unexpected error', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
      paths,
      fc.dictionary(names, fc.string(), { maxKeys: 3 }),
      fc.oneof(fc.dictionary(names, fc.jsonValue()), fc.jsonValue()),
      async (method, path, query, body) => {
        const mark = path.includes('?') ? '&' : '?';
        const asked = `${path}${mark}${new URLSearchParams(query).toString()}`;
        const answer = await shopper.call(method, asked, { kind: 'user', ...(method === 'GET' ? {} : { body }) });
        expect(answer.status).not.toBe(500);
        expect(JSON.stringify(answer.body) ?? '').not.toContain('    at ');
      },
    ),
    { numRuns: 300 },
  );
});

test('the start page lists what there is, with everything escaped', async () => {
  const line = await shopper.line('DG7GMGF0D5P1', '0001', { friendlyName: '<script>alert(1)</script>' });
  const cart = await shopper.createCart([line]);
  await shopper.checkout(cart.id);
  const page = await (await fetch(`${sandbox.base}/`)).text();
  for (const part of ['Contoso GmbH', 'CFQ7TTC0LH18', cart.id, 'G000024135', 'orderDelaySeconds'])
    expect(page).toContain(part);
  expect(page).not.toContain('<script>');
});

test('calls are counted by route, token calls apart, the sandbox’s own not at all', async () => {
  const own = await TestSandbox.start();
  try {
    const one = own.shopper();
    await one.ofCustomer('GET', '');
    await one.ofCustomer('GET', '');
    await one.call('GET', '/v1/nothing');
    expect((await one.control('GET', '/calls')).body).toEqual({
      total: 2,
      calls: { 'GET /v1/customers/{customerId}': 2 },
      tokenCalls: 1,
      notImitated: 1,
    });
  } finally {
    await own.stop();
  }
});

test('the sandbox imports nothing of ours', () => {
  const folder = join('infra', 'local', 'partner-center');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(50);
  for (const name of files) {
    const imports = [...readFileSync(join(folder, name), 'utf8').matchAll(/from '([^']+)'/g)].map((match) => match[1]);
    const foreign = imports.filter((one) => !/^(node:|\.\/|zod$|#local\/partner-center\/)/.test(one ?? ''));
    expect([name, foreign]).toEqual([name, []]);
  }
});
