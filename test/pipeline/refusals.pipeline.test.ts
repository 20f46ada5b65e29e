import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { postPurchase } from '#local/doors';
import { readLedger } from '#local/instruments';
import { eventually, startLocalStack, type LocalStack } from '#test/support/local-stack';
import { oneLine, threeLines } from '#test/support/requests';

let local: LocalStack;
beforeAll(async () => {
  local = await startLocalStack();
}, 60_000);
afterAll(() => local.stop());

const problem = z.object({
  type: z.string(),
  status: z.number(),
  detail: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});

async function post(id: string, body: string, headers: Record<string, string> = {}) {
  const answer =
    Object.keys(headers).length > 0
      ? await fetch(`${local.stack.functionsUrl}/api/purchases`, { method: 'POST', headers, body })
      : await postPurchase(local.crm, id, body);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  return problem.parse(await answer.json());
}

const good = JSON.stringify(threeLines);

test('a webhook with a wrong signature is answered 401, whatever is wrong', async () => {
  const headers = {
    'webhook-id': 'refused-1',
    'webhook-timestamp': `${Math.floor(Date.now() / 1000)}`,
    'webhook-signature': 'v1,AAAA',
  };
  expect(await post('', good, headers)).toMatchObject({ status: 401 });
  expect(await post('', good, { 'content-type': 'application/json' })).toMatchObject({ status: 401 });
});

test.each<[string, string, Record<string, unknown>]>([
  ['malformed JSON', '{"customerId":', { status: 400 }],
  [
    'quantity 0',
    JSON.stringify(oneLine('DG7GMGF0D5P1', '0001', { quantity: 0 })),
    { status: 422, errors: [{ field: 'lines.0.quantity' }] },
  ],
  [
    'an unknown customer',
    JSON.stringify({ ...threeLines, customerId: '99999999-9999-4999-8999-999999999999' }),
    { status: 422, errors: [{ field: 'customerId' }] },
  ],
  ['a member that does not exist', JSON.stringify({ ...threeLines, price: 1 }), { status: 422 }],
])('a webhook with %s is answered with what is wrong and where', async (what, body, expected) => {
  expect(await post(`refused-${what.replaceAll(' ', '-')}`, body)).toMatchObject(expected);
});

test('the same id with other content is a conflict, and the first purchase stays as it was', async () => {
  const purchaseId = await local.buy('refused-conflict', threeLines);
  expect(await post('refused-conflict', JSON.stringify(oneLine('DG7GMGF0D5P1', '0001')))).toMatchObject({
    status: 409,
  });
  const view = await local.ending(purchaseId);
  expect(view.status).toBe('completed');
  expect(await local.ordersOf(view)).toHaveLength(2);
});

test.each<[string, unknown, string]>([
  ['an unknown SKU', oneLine('DG7GMGF0D5P1', '9999'), '400018'],
  ['an unknown product', oneLine('DG7GMGF0NONE', '0001'), '400013'],
  ['a SKU that is not purchasable', oneLine('DZH318Z0NOP1', '0001', { billingCycle: 'monthly' }), 'no-availability'],
  ['a restricted SKU', oneLine('DZH318Z0RST1', '0001'), 'inventory'],
  [
    'a term that is not sold',
    oneLine('CFQ7TTC0LH18', '0001', { termDuration: 'P9Y', billingCycle: 'monthly' }),
    'no-availability',
  ],
])('a purchase of %s is refused with code and advice, and nothing is ordered', async (what, request, code) => {
  const purchaseId = await local.buy(`refused-${what.replaceAll(' ', '-')}`, request);
  const view = await local.ending(purchaseId);
  expect(view).toMatchObject({ status: 'refused', reason: { code, advice: expect.stringMatching(/\w/) } });
  await eventually('the refusal', () =>
    local.events.find(({ subject, type }) => subject === purchaseId && type.endsWith('refused.v1')),
  );
  const ledger = await readLedger(local.stack);
  expect(ledger.filter(({ cartId }) => view.cart !== undefined && cartId === view.cart.id)).toEqual([]);
});

test('an ERP message that is not JSON goes to purchase-failed with the reason, signed or not', async () => {
  await local.order('refused-not-json', 'four licences please');
  const sender = local.bus.createSender('purchase-requests');
  await sender.sendMessages({ messageId: 'refused-unsigned', body: 'four licences please' });
  await sender.close();
  const receiver = local.bus.createReceiver('purchase-failed', { skipParsingBodyAsJson: true });
  const letters = new Map<unknown, unknown>();
  receiver.subscribe({
    processMessage: async ({ applicationProperties: properties = {} }) =>
      void letters.set(properties['originalMessageId'], properties),
    processError: async () => undefined,
  });
  await eventually('both letters', () => (letters.size >= 2 ? true : undefined));
  await receiver.close();
  expect(letters.get('refused-not-json')).toMatchObject({ DeadLetterReason: 'not-json', queue: 'purchase-requests' });
  expect(letters.get('refused-unsigned')).toMatchObject({ DeadLetterReason: 'bad-signature' });
});

test("a source sees only its own purchases: another's does not exist", async () => {
  const erpId = await local.order('refused-foreign', JSON.stringify(oneLine('DG7GMGF0D5P1', '0001')));
  await local.ending(erpId);
  const url = `${local.stack.functionsUrl}/api/purchases/${erpId}`;
  const answers = await Promise.all([
    fetch(url, { headers: { authorization: `Bearer ${local.crm.readKey}` } }),
    fetch(url, { headers: { authorization: 'Bearer wrong' } }),
    fetch(url),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([404, 401, 401]);
});
