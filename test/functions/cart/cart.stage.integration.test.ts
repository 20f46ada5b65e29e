import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { limits } from '#shared/domain/limits';
import { purchaseRequest } from '#shared/domain/purchase-request';
import type { PipelineSettings } from '#shared/pipeline/settings';
import { Machine } from '#test/support/machine';
import { threeLines } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';

/** Quotes and limits as a purchase meets them: the whole pipeline against the sandbox. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '0', '--list-lag-seconds', '0']);
});
afterAll(() => sandbox.stop());

async function buy(rest: Record<string, unknown>, changes: Partial<PipelineSettings> = {}) {
  const { stored, events } = await new Machine(sandbox, { settings: changes }).buy(
    purchaseRequest.parse({ ...threeLines, ...rest }),
  );
  const orders = (await sandbox.orders()).filter(({ cartId }) => cartId === stored.purchase.cart?.id);
  return { purchase: stored.purchase, events, orders };
}

const requesterLimits = (limit: unknown): Partial<PipelineSettings> => ({
  requesterLimits: new Map([['contoso-crm', limits.parse(limit)]]),
});

test('a dry run ends with a quote of the cart: nothing is checked out, nothing waits', async () => {
  const { purchase, events, orders } = await buy({ dryRun: true });
  expect(purchase).toMatchObject({ status: 'quoted', stage: 'cart', cart: { lines: [{}, {}, {}] } });
  expect(purchase).not.toHaveProperty('attempts.checkout');
  expect(orders).toEqual([]);
  expect(events.map(({ type }) => type)).toEqual([
    'cartage.purchase.accepted.v1',
    'cartage.purchase.discovered.v1',
    'cartage.purchase.quoted.v1',
  ]);
  expect(events.at(-1)?.data).toMatchObject({
    status: 'quoted',
    quote: { id: purchase.cart?.id, lines: [{}, {}, {}] },
  });
});

test('a dry run that dies before or after any one effect ends with one quote all the same', async () => {
  const request = purchaseRequest.parse({ ...threeLines, dryRun: true });
  const { effects } = await new Machine(sandbox).buy(request);
  for (let effect = 1; effect <= effects; effect++) {
    for (const when of ['before', 'after'] as const) {
      const { stored, events } = await new Machine(sandbox, { crashes: [{ effect, when }] }).buy(request);
      const quotes = events.filter(({ type }) => type.endsWith('.quoted.v1'));
      expect({ effect, when, status: stored.purchase.status, quotes: quotes.length }).toEqual({
        effect,
        when,
        status: 'quoted',
        quotes: 1,
      });
    }
  }
  expect(await sandbox.orders()).toEqual([]);
});

test('a purchase within its limits is bought', async () => {
  expect(await buy({ limits: { quantity: 8 } }, requesterLimits({ quantity: 8 }))).toMatchObject({
    purchase: { status: 'completed' },
    orders: [{}, {}],
  });
});

test('a purchase over the limit of its own request is rejected with the figures', async () => {
  expect(await buy({ limits: { quantity: 7 } })).toMatchObject({
    purchase: {
      status: 'rejected',
      reason: { code: 'over-limit', message: expect.stringMatching(/8 pieces.*request is 7/) },
    },
    orders: [],
  });
});

test('a purchase over the limit of its requester is rejected, whatever its own limit is', async () => {
  expect(await buy({ limits: { quantity: 100 } }, requesterLimits({ quantity: 7 }))).toMatchObject({
    purchase: { status: 'rejected', reason: { message: expect.stringContaining('requester contoso-crm is 7') } },
    orders: [],
  });
});

test('a purchase that may cost a cent is never bought, whether its price is known or not', async () => {
  const { purchase, orders } = await buy({ limits: { amount: { value: '0.01', currency: 'EUR' } } });
  expect(['over-limit', 'price-unknown']).toContain(purchase.reason?.code);
  expect(orders).toEqual([]);
});

test.each([
  ['billingCycle', 'Annual', /billing cycle annual, asked for monthly/],
  ['termDuration', 'P3Y', /term P3Y, asked for P1M/],
  ['currencyCode', 'USD', /currency USD, asked for EUR/],
])('a cart that answers another %s than was asked for is never checked out', async (member, value, words) => {
  const fault = { kind: 'change-answer', route: 'createCart', at: `lineItems.0.${member}`, value };
  await sandbox.control('/sandbox/faults', fault);
  expect(await buy({})).toMatchObject({
    purchase: {
      status: 'held',
      stage: 'cart',
      reason: { code: 'cart-differs', message: expect.stringMatching(words) },
    },
    orders: [],
  });
});

test('a limit counts the whole commitment: a licence for a year by the month costs twelve times its price', async () => {
  const { purchase } = await buy({ dryRun: true });
  const byMonth = purchase.cart?.lines[2]?.pricing?.extendedPrice ?? '';
  expect(Number(byMonth)).toBeGreaterThan(0);
  const lines = [threeLines.lines[2]];
  const limit = (times: number, rest: object = {}) => ({
    lines,
    limits: { amount: { value: (Number(byMonth) * times).toFixed(2), currency: 'EUR' }, ...rest },
  });
  expect(await buy(limit(11))).toMatchObject({ purchase: { status: 'rejected', reason: { code: 'over-limit' } } });
  expect(await buy(limit(12))).toMatchObject({ purchase: { status: 'completed' } });
  expect(await buy(limit(1, { amountOf: 'charge' }))).toMatchObject({ purchase: { status: 'completed' } });
});
