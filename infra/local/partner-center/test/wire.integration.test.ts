import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { TestSandbox } from './support/sandbox';
import { CONTOSO, type Shopper } from './support/shopper';

let sandbox: TestSandbox;
let shopper: Shopper;
beforeAll(async () => {
  sandbox = await TestSandbox.start();
  shopper = sandbox.shopper();
});
afterAll(() => sandbox.stop());

test('ids come back as they were sent, and are generated when missing', async () => {
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
  const refused = await shopper.call('GET', path, { headers: { 'Accept-Encoding': 'br, gzip;q=0' } });
  expect(refused.headers['content-encoding']).toBeUndefined();
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(zipped.body).toEqual(plain.body);
  const lines = '/v1/invoices/G000024135/lineitems?provider=onetime&invoicelineitemtype=billinglineitems';
  expect((await shopper.call('GET', lines)).headers['content-encoding']).toBe('gzip');
});

test('the answer to ValidateMfa tells whether the token is MFA compliant', async () => {
  const headers = { ValidateMfa: 'True' };
  const user = await shopper.call('GET', '/v1/customers', { kind: 'user', headers });
  const app = await shopper.call('GET', '/v1/customers', { kind: 'app', headers });
  expect([user.headers['ismfacompliant'], app.headers['ismfacompliant']]).toEqual(['true', 'false']);
});

test('query names and values of enumerations are read in any case', async () => {
  const lines = '/v1/invoices/G000024135/lineitems';
  const usual = await shopper.call('GET', `${lines}?provider=onetime&invoicelineitemtype=billinglineitems&size=2`);
  const odd = await shopper.call('GET', `${lines}?PROVIDER=One_Time&InvoiceLineItemType=BillingLineItems&SIZE=2`);
  expect(odd.body).toMatchObject({ items: z.object({ items: z.array(z.unknown()) }).parse(usual.body).items });
});

test('members of a body are read in any case, and answered in camel case', async () => {
  const item = await shopper.catalogItemId('DG7GMGF0D5P1', '0001');
  const line = {
    CATALOGITEMID: item,
    Quantity: '2',
    billingcycle: 'OneTime',
    FriendlyName: 'Mine',
    PARTICIPANTS: null,
  };
  const { body } = await shopper.ofCustomer('POST', '/carts', { body: { LINEITEMS: [line], Unknown: { Deep: 1 } } });
  expect(body).toMatchObject({
    lineItems: [{ catalogItemId: item, quantity: 2, billingCycle: 'one_time', friendlyName: 'Mine' }],
  });
});

/** Every link in this JSON. */
function linksIn(json: unknown): { uri: string; method: string }[] {
  if (typeof json !== 'object' || json === null) return [];
  const link = z.object({ uri: z.string(), method: z.string() }).safeParse(json);
  return [...(link.success ? [link.data] : []), ...Object.values(json).flatMap(linksIn)];
}

test('links are relative, without a version, and lead to answers whose links do so too', async () => {
  const cart = await shopper.createCart([
    await shopper.line('CFQ7TTC0LH18', '0001', { billingCycle: 'monthly', termDuration: 'P1M' }),
    await shopper.line('DG7GMGF0D5P1', '0001'),
    { catalogItemId: 'MS-AZR-0145P', quantity: 1, billingCycle: 'monthly' },
  ]);
  await shopper.checkout(cart.id);
  const base = `/customers/${CONTOSO}`;
  const todo = ['/customers', '/invoices', '/invoices/summaries', '/products?country=DE&targetView=OnlineServices']
    .concat(['', '/orders', '/subscriptions', `/carts/${cart.id}`].map((path) => base + path))
    .concat('/invoices/estimates/links?currencycode=EUR');
  const statuses = new Map<string, number>();
  for (let uri = todo.pop(); uri !== undefined; uri = todo.pop()) {
    if (statuses.has(uri)) continue;
    const { status, body } = await shopper.call('GET', `/v1${uri}`, { kind: 'user' });
    statuses.set(uri, status);
    todo.push(...linksIn(body).flatMap((link) => (link.method === 'GET' ? [link.uri] : [])));
  }
  const uris = [...statuses.keys()];
  expect(uris.length).toBeGreaterThan(30);
  expect(uris.filter((uri) => !uri.startsWith('/') || uri.startsWith('/v1'))).toEqual([]);
  // Older offers and profiles of customers are not imitated.
  const imitated = uris.filter((uri) => !/^\/offers\/|\/profiles\//.test(uri));
  expect(imitated.filter((uri) => statuses.get(uri) !== 200)).toEqual([]);
});

test('paths are found in any case, with doubled and trailing slashes', async () => {
  expect((await shopper.call('GET', `/V1/Customers/${CONTOSO.toUpperCase()}/`)).status).toBe(200);
  expect((await shopper.call('GET', '/v1//INVOICES/g000024135/LineItems/OneTime/BillingLineItems')).status).toBe(404);
  expect((await shopper.call('GET', '/v1//INVOICES/G000024135/LineItems/OneTime/BillingLineItems')).status).toBe(200);
});
