import { eventually } from '@cartage/stack/eventually';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { TestSandbox } from './support/sandbox';
import type { Shopper } from './support/shopper';

let sandbox: TestSandbox;
let shopper: Shopper;
beforeAll(async () => {
  sandbox = await TestSandbox.start();
});
beforeEach(async () => {
  shopper = sandbox.shopper();
  await shopper.control('POST', '/reset');
});
afterAll(() => sandbox.stop());

const arm = async (fault: object): Promise<void> => {
  expect((await shopper.control('POST', '/faults', fault)).status).toBe(201);
};
const newCart = async (): Promise<string> =>
  (await shopper.createCart([await shopper.line('DG7GMGF0D5P1', '0001')])).id;
const count = async (): Promise<number> => (await shopper.ledger()).count;

test.each([
  ['a lost answer', { kind: 'lost-answer' }, 1],
  ['a connection reset before', { kind: 'reset-before' }, 0],
])('%s breaks the connection', async (_, fault, orders) => {
  const cartId = await newCart();
  await arm({ ...fault, route: 'checkout' });
  await expect(shopper.checkout(cartId, { 'MS-RequestId': 'a' })).rejects.toThrow('fetch failed');
  expect(await count()).toBe(orders);
  expect((await shopper.checkout(cartId, { 'MS-RequestId': 'a' })).status).toBe(201);
  expect(await count()).toBe(1);
});

test('a late effect happens after the caller has gone, and keeps the cart busy until then', async () => {
  const cartId = await newCart();
  await arm({ kind: 'late-effect', route: 'checkout', seconds: 600 });
  await expect(shopper.checkout(cartId)).rejects.toThrow('fetch failed');
  expect(await count()).toBe(0);
  expect(await shopper.checkout(cartId)).toMatchObject({ status: 409, body: { code: 800064 } });
  await shopper.advance(600);
  await eventually('the order is placed', async () => (await count()) === 1);
  expect((await shopper.checkout(cartId)).status).toBe(201);
  expect(await count()).toBe(1);
});

test.each([true, false])('a call can hang forever (with effect: %s)', async (effect) => {
  const cartId = await newCart();
  await arm({ kind: 'hang', route: 'checkout', effect });
  const caller = new AbortController();
  const answer = fetch(`${sandbox.base}/v1/customers/${shopper.customerId}/carts/${cartId}/checkout`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${await shopper.token('app')}` },
    signal: caller.signal,
  });
  const given = expect(answer).rejects.toThrow('aborted');
  await shopper.struck();
  expect(await count()).toBe(effect ? 1 : 0);
  caller.abort();
  await given;
});

test.each([
  [{ kind: 'error', status: 500, code: 800005, effect: true }, 500, { code: 800005 }, 1],
  [{ kind: 'error', status: 500, code: 800005 }, 500, { code: 800005 }, 0],
  [{ kind: 'error', status: 409, code: 800060, effect: true }, 409, { code: 800060 }, 1],
  [{ kind: 'html', status: 503, effect: true }, 503, expect.stringContaining('<html>'), 1],
  [{ kind: 'html' }, 502, expect.stringContaining('<html>'), 0],
  [{ kind: 'item-unavailable' }, 200, { code: 400072 }, 0],
])('%j answers %i', async (fault, status, body, orders) => {
  const cartId = await newCart();
  await arm({ ...fault, route: 'checkout' });
  expect(await shopper.checkout(cartId)).toMatchObject({ status, body });
  expect(await count()).toBe(orders);
});

test.each([
  ['seconds', /^7$/],
  ['date', /^\w{3}, .* GMT$/],
  ['none', undefined],
] as const)('a 429 has the body of the gateway, and Retry-After as %s', async (retryAfter, pattern) => {
  await arm({ kind: 'throttle', route: 'getCustomer', seconds: 7, retryAfter });
  const answer = await shopper.ofCustomer('GET', '');
  expect(answer).toMatchObject({
    status: 429,
    body: { statusCode: 429, message: expect.stringContaining('7 seconds') },
  });
  if (pattern) expect(answer.headers['retry-after']).toMatch(pattern);
  else expect(answer.headers['retry-after']).toBeUndefined();
});

test('an answer can be truncated, cut off, or have the wrong types', async () => {
  await arm([
    { kind: 'truncated', route: 'getCustomer' },
    { kind: 'truncated', route: 'getCustomer', cut: true, skip: 1 },
    { kind: 'wrong-types', route: 'listCustomers' },
    { kind: 'wrong-types', route: 'listCustomers', field: 'totalCount', skip: 1 },
  ]);
  await expect(shopper.ofCustomer('GET', '')).rejects.toThrow(SyntaxError);
  await expect(shopper.ofCustomer('GET', '')).rejects.toThrow('terminated');
  expect((await shopper.ofCustomer('GET', '')).status).toBe(200);
  expect((await shopper.call('GET', '/v1/customers')).body).toMatchObject({ items: { unexpected: true } });
  expect((await shopper.call('GET', '/v1/customers')).body).toMatchObject({ totalCount: { unexpected: true } });
});

test('an answer can redirect, be huge, or drip', async () => {
  await arm([
    { kind: 'redirect', route: 'getCustomer', location: 'http://127.0.0.1:1/elsewhere' },
    { kind: 'huge', route: 'listCustomers', megabytes: 3 },
    { kind: 'drip', route: 'listProducts', seconds: 0.2 },
  ]);
  const headers = { Authorization: `Bearer ${await shopper.token('app')}` };
  const redirect = await fetch(`${sandbox.base}/v1/customers/${shopper.customerId}`, { headers, redirect: 'manual' });
  expect([redirect.status, redirect.headers.get('location')]).toEqual([302, 'http://127.0.0.1:1/elsewhere']);
  const huge = await fetch(`${sandbox.base}/v1/customers`, { headers });
  expect((await huge.arrayBuffer()).byteLength).toBeGreaterThan(3_000_000);
  const start = performance.now();
  const dripped = await shopper.call('GET', '/v1/products?country=DE&targetView=Software');
  expect(performance.now() - start).toBeGreaterThan(190);
  expect(dripped.body).toMatchObject({ totalCount: 2 });
});

const streamed = '/v1/invoices/G000024135/lineitems?provider=onetime&invoicelineitemtype=billinglineitems';
const statement = '/v1/invoices/G000024135/documents/statement';

test('what is streamed can be truncated, cut off or given wrong types like everything else', async () => {
  await arm([
    { kind: 'truncated', route: 'listLineItems' },
    { kind: 'truncated', route: 'listLineItems', cut: true, skip: 1 },
    { kind: 'wrong-types', route: 'listLineItems', field: 'productName', skip: 1 },
  ]);
  await expect(shopper.call('GET', streamed)).rejects.toThrow(SyntaxError);
  await expect(shopper.call('GET', streamed)).rejects.toThrow('terminated');
  const { body } = await shopper.call('GET', streamed);
  expect(body).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ productName: { unexpected: true } })]),
  });
});

test('a PDF can be truncated, or drip, and a compressed answer drips too', async () => {
  await arm([
    { kind: 'truncated', route: 'getStatement' },
    { kind: 'drip', route: ['getStatement', 'listLineItems'], seconds: 0.2, times: 2 },
  ]);
  const read = async (path: string) => {
    const start = performance.now();
    const response = await fetch(sandbox.base + path, {
      headers: { Authorization: `Bearer ${await shopper.token('user')}`, 'Accept-Encoding': 'gzip' },
    });
    const pieces: Uint8Array[] = [];
    for await (const piece of response.body ?? []) pieces.push(piece);
    return { text: Buffer.concat(pieces).toString('latin1'), pieces, milliseconds: performance.now() - start };
  };
  const half = await read(statement);
  const whole = await read(statement);
  expect(whole.text).toContain('%%EOF');
  expect(whole.text.startsWith(half.text)).toBe(true);
  expect(half.text).not.toContain('%%EOF');
  const zipped = await read(streamed);
  for (const { pieces, milliseconds } of [whole, zipped]) {
    expect(pieces.length).toBeGreaterThan(2);
    expect(milliseconds).toBeGreaterThan(190);
  }
});

test('tokens can expire in the middle of a run', async () => {
  expect((await shopper.ofCustomer('GET', '')).status).toBe(200);
  await arm({ kind: 'expire-tokens', route: 'getCustomer' });
  expect(await shopper.ofCustomer('GET', '')).toMatchObject({ status: 401, body: { code: 400 } });
  await shopper.advance(1);
  expect((await sandbox.shopper().ofCustomer('GET', '')).status).toBe(200);
});

test('availability ids can rotate between discovery and cart', async () => {
  const line = await shopper.line('DG7GMGF0D5P1', '0001');
  await arm({ kind: 'rotate-availabilities', route: 'createCart' });
  expect((await shopper.createCart([line])).lineItems[0]?.error?.errorCode).toBe(10001);
});

test('stock can be lost between the check and the cart', async () => {
  await arm({ kind: 'lose-inventory', route: 'createCart', productId: 'DG7GMGF0D5P1', skuId: '0001' });
  expect((await shopper.createCart([await shopper.line('DG7GMGF0D5P1', '0001')])).lineItems[0]?.error?.errorCode).toBe(
    10003,
  );
});

test('the clock can jump before a call', async () => {
  const cartId = await newCart();
  await arm({ kind: 'move-clock', route: 'checkout', seconds: 86_400 * 8 });
  expect((await shopper.checkout(cartId)).status).toBe(401);
});

test('the login authority fails as well', async () => {
  await arm({ kind: 'error', route: 'tokenV2', status: 503, code: 0 });
  await expect(sandbox.shopper().token('app')).rejects.toThrow();
  await expect(sandbox.shopper().token('app')).resolves.toEqual(expect.any(String));
});

test('a fault strikes as often as it says, after as many calls as it says, on the routes it names', async () => {
  await arm({ kind: 'error', route: ['getCustomer', 'listCustomers'], times: 2, skip: 1 });
  const statuses: number[] = [];
  for (const path of [
    '/v1/customers',
    '/v1/customers',
    '/v1/invoices',
    `/v1/customers/${shopper.customerId}`,
    '/v1/customers',
  ]) {
    statuses.push((await shopper.call('GET', path)).status);
  }
  expect(statuses).toEqual([200, 500, 200, 500, 200]);
});

/** What twenty calls get while half of them are struck by chance. */
async function strike(seed: number): Promise<string> {
  await arm({ kind: 'error', route: 'listCustomers', probability: 0.5, seed });
  const statuses: number[] = [];
  for (let call = 0; call < 20; call += 1) statuses.push((await shopper.call('GET', '/v1/customers')).status);
  expect((await shopper.control('GET', '/faults')).body).toMatchObject({ faults: [{ seen: 20 }] });
  await shopper.control('DELETE', '/faults');
  return statuses.join(' ');
}

test('chance is the same for the same seed, and faults can be listed and cleared', async () => {
  const first = await strike(7);
  expect(first).toContain('200');
  expect(first).toContain('500');
  expect(await strike(7)).toBe(first);
  expect(await strike(8)).not.toBe(first);
});

test('throttling counts per tenant, and carts per customer', async () => {
  await shopper.control('POST', '/settings', { throttlePerMinute: 3, cartsPerMinute: 1 });
  const statuses: number[] = [];
  for (let call = 0; call < 4; call += 1) statuses.push((await shopper.ofCustomer('GET', '/orders')).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  expect((await shopper.ofCustomer('POST', '/carts', { body: {} })).status).toBe(400);
  expect(await shopper.ofCustomer('POST', '/carts', { body: {} })).toMatchObject({
    status: 429,
    headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
  });
});

test('one place of an answer is changed or taken away, and the rest stays', async () => {
  const before = z
    .object({ items: z.array(z.looseObject({})) })
    .parse((await shopper.call('GET', '/v1/customers?size=0')).body);
  await shopper.control('POST', '/faults', [
    { kind: 'change-answer', route: 'listCustomers', at: 'items.1.companyProfile.companyName', value: null },
    { kind: 'change-answer', route: 'listCustomers', at: 'items.1.id', skip: 1 },
  ]);
  const changed = await shopper.call('GET', '/v1/customers?size=0');
  expect(changed.body).toMatchObject({
    items: [before.items[0], { companyProfile: { companyName: null } }, before.items[2]],
  });
  const without = z
    .object({ items: z.array(z.looseObject({})) })
    .parse((await shopper.call('GET', '/v1/customers?size=0')).body);
  expect(without.items.map((item) => 'id' in item)).toEqual([true, false, true]);
});
