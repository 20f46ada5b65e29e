import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Shopper } from './shopper';
import { TestSandbox } from './support';

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

const now = async () => (await shopper.control('GET', '/clock')).body;

test.each(['2000-01-01T00:00:00Z', '2099-12-31T23:59:59+00:00'])('the clock can be moved to %s', async (moment) => {
  expect(await shopper.control('POST', '/clock', { now: moment })).toMatchObject({ status: 200 });
  expect(await now()).toMatchObject({ now: expect.stringMatching(moment.slice(0, 10)) });
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
  const shown = Date.parse(String(Object.values((await now()) ?? {})[0]));
  expect(shown).toBeGreaterThanOrEqual(before);
  expect(shown).toBeLessThanOrEqual(Date.now());
});

test('a fault cannot move the clock out of its range either', async () => {
  const move = (seconds: number) => shopper.control('POST', '/faults', { kind: 'move-clock', seconds });
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
