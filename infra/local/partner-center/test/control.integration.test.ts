import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { send } from './support/raw';
import { TestSandbox } from './support/sandbox';
import { CONTOSO, type Shopper } from './support/shopper';

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

const licence = { billingCycle: 'monthly', termDuration: 'P1M' };

test('the start page lists what there is, and says how to point a client here', async () => {
  const addonItems = [await shopper.line('CFQ7TTC0ADD1', '0001', { ...licence, friendlyName: 'more storage' })];
  const cart = await shopper.createCart([
    await shopper.line('CFQ7TTC0LH18', '0001', { ...licence, addonItems }),
    await shopper.line('DG7GMGF0D5P1', '0001', { quantity: 0 }),
  ]);
  await shopper.control('POST', '/faults', { kind: 'lost-answer', route: 'checkout' });
  await shopper.control('POST', '/settings', { orderDelaySeconds: 7 });
  const page = await (await fetch(`${sandbox.base}/`)).text();
  const parts = [
    'Contoso GmbH, CFQ7TTC0LH18/0001, AzureSubscriptionRegistration, G000024135, 24606.35 EUR, 1 × more storage',
    '0 × DG7GMGF0D5P1, 10010 InvalidInput, 1 lost-answer, 7 (usually 2), sandbox-client-secret, sandbox-refresh-token',
    `${cart.id}, ${sandbox.base}, https://api.partnercenter.microsoft.com`,
  ].flatMap((line) => line.split(', '));
  expect(parts.filter((part) => !page.includes(part))).toEqual([]);
});

test('names, fault routes and the host a caller claims stay text on the start page', async () => {
  const script = `<script>alert('1')</script>"`;
  const cart = await shopper.createCart([await shopper.line('DG7GMGF0D5P1', '0001', { friendlyName: script })]);
  await shopper.checkout(cart.id);
  await shopper.control('POST', '/faults', { kind: 'hang', route: script });
  const page = await send(sandbox.port, `GET / HTTP/1.1\r\nHost: ${script}\r\n\r\n`);
  expect(page.headers).toContain("Content-Security-Policy: default-src 'none'");
  expect(page.body.match(/&lt;script&gt;alert\(&#39;1&#39;\)&lt;\/script&gt;&quot;/g)?.length).toBeGreaterThan(4);
  expect(page.body).not.toContain('<script');
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

const clockSchema = z.object({ now: z.string() });
/** What the clock shows. */
const now = async () => clockSchema.parse((await shopper.control('GET', '/clock')).body).now;

test.each(['2000-01-01T00:00:00Z', '2099-12-31T23:59:59+00:00'])('the clock can be moved to %s', async (moment) => {
  expect(await shopper.control('POST', '/clock', { now: moment })).toMatchObject({ status: 200 });
  expect(await now()).toContain(moment.slice(0, 10));
});

test.each([
  [{ now: '1999-12-31T23:59:59Z' }, 'The clock goes from 2000-01-01T00:00:00Z to before 2100-01-01T00:00:00Z'],
  [{ now: '2100-01-01T00:00:00Z' }, 'send a time between'],
  [{ advanceSeconds: 3e9 }, 'send a time between'],
  [{ advanceSeconds: -1e300 }, 'send a time between'],
  [{ now: 'tomorrow' }, 'now: Invalid ISO datetime'],
  [{}, 'Send {"advanceSeconds": 900} or {"now": "2000-01-01T00:00:00Z"}.'],
  [{ advanceSeconds: 1, now: '2027-01-01T00:00:00Z' }, 'Send {"advanceSeconds": 900} or {"now"'],
])('the clock is not moved by %j, and the answer says what to do', async (move, advice) => {
  const refused = { status: 400, body: { code: 800002, description: expect.stringContaining(advice) } };
  const before = Date.now();
  expect(await shopper.control('POST', '/clock', move)).toMatchObject(refused);
  const shown = Date.parse(await now());
  expect(shown).toBeGreaterThanOrEqual(before);
  expect(shown).toBeLessThanOrEqual(Date.now());
});

test('a fault cannot move the clock out of its range either', async () => {
  const move = (seconds: number) => shopper.control('POST', '/faults', { kind: 'move-clock', seconds });
  // Before there are faults, which would strike the request for it.
  await shopper.token('app');
  expect(await move(1e10)).toMatchObject({ status: 400, body: { code: 800002 } });
  expect((await move(3e9)).status).toBe(201);
  expect(await shopper.call('GET', '/v1/customers')).toMatchObject({ status: 400, body: { code: 800002 } });
  expect((await shopper.call('GET', '/v1/customers')).status).toBe(200);
});

test.each([
  ['/settings', { cartLifeSeconds: 1e300 }, 'cartLifeSeconds: Too big'],
  ['/settings', { throttlePerMinute: 0.5 }, 'throttlePerMinute: Invalid input: expected int'],
  ['/settings', { nonsense: 1 }, 'Unrecognized key: "nonsense"'],
  ['/settings', 'text', 'expected object'],
  ['/faults', { kind: 'nonsense' }, "kind: Invalid discriminator value. Expected 'reset-before'"],
  ['/faults', { kind: 'delay' }, 'seconds: Invalid input: expected number'],
  ['/faults', { kind: 'hang', seconds: 1 }, 'Unrecognized key: "seconds"'],
  ['/faults', { kind: 'redirect', location: 'http://a/\r\nX: y' }, 'location: Invalid string'],
  ['/faults', 'text', 'expected object'],
  ['/customers/none', { locked: true }, 'The tenant was not found'],
])('POST /sandbox%s with %j is refused in plain words', async (path, body, words) => {
  const answer = await shopper.control('POST', path, body);
  expect(answer).toMatchObject({ body: { description: expect.stringContaining(words) } });
  expect([400, 404]).toContain(answer.status);
});

const MOVE = JSON.stringify({ advanceSeconds: 1_000_000 });

test.each([
  ['a page of another site', { origin: 'https://evil.example' }, 403],
  ['a page of another local port', { origin: 'http://127.0.0.1:1' }, 403],
  ['a page without an origin of its own', { origin: 'null' }, 403],
  ['a name that leads here', { origin: 'http://evil.example', host: 'evil.example' }, 403],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ['a form with files', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
  ['plain text', { 'content-type': 'text/plain;charset=UTF-8' }, 415],
])('%s cannot change the sandbox', async (_, headers, status) => {
  const before = (await shopper.control('GET', '/clock')).body;
  for (const [method, path] of [
    ['POST', '/sandbox/clock'],
    ['POST', '/sandbox/reset'],
    ['POST', '/sandbox/faults'],
    ['DELETE', '/sandbox/faults'],
  ]) {
    const lines = Object.entries({ host: `127.0.0.1:${sandbox.port}`, 'content-length': MOVE.length, ...headers });
    const head = lines.map(([name, value]) => `${name}: ${value}`).join('\r\n');
    const answer = await send(sandbox.port, `${method} ${path} HTTP/1.1\r\n${head}\r\n\r\n${MOVE}`);
    expect(answer.status).toBe(status);
  }
  const clock = z.object({ now: z.string() });
  const moved =
    Date.parse(clock.parse((await shopper.control('GET', '/clock')).body).now) - Date.parse(clock.parse(before).now);
  expect(moved).toBeLessThan(100_000);
});

test('a page of the sandbox itself may change it', async () => {
  const origin = sandbox.base;
  const headers = { origin, 'content-type': 'application/json' };
  const answer = await fetch(`${sandbox.base}/sandbox/clock`, {
    method: 'POST',
    headers,
    body: '{"advanceSeconds":1}',
  });
  expect(answer.status).toBe(200);
});

test('a customer that was just made is not found for a while', async () => {
  await shopper.control('POST', `/customers/${CONTOSO}`, { unknownForSeconds: 90 });
  expect(await shopper.ofCustomer('GET', '')).toMatchObject({ status: 404, body: { code: 60003 } });
  await shopper.control('POST', '/clock', { advanceSeconds: 91 });
  expect(await shopper.ofCustomer('GET', '')).toMatchObject({ status: 200 });
});
