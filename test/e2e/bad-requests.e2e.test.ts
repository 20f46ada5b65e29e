import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ServiceBusMessage, ServiceBusReceivedMessage } from '@azure/service-bus';
import { z } from 'zod';
import { postPurchase } from '@cartage/stack/client';
import { readLedger } from '@cartage/stack/instruments';
import { developmentRequesters } from '@cartage/stack/settings';
import { sign } from '@cartage/stack/sign';
import { eventually } from '@cartage/stack/eventually';
import { purchaseIdOf } from '#shared/domain/ids';
import { startLocalStack, type LocalStack } from '#test/support/local-stack';
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
    'webhook-id': 'rejected-1',
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
  expect(await post(`rejected-${what.replaceAll(' ', '-')}`, body)).toMatchObject(expected);
});

test('the same id with other content is a conflict, and the first purchase stays as it was', async () => {
  const purchaseId = await local.buy('rejected-conflict', threeLines);
  expect(await post('rejected-conflict', JSON.stringify(oneLine('DG7GMGF0D5P1', '0001')))).toMatchObject({
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
])('a purchase of %s is rejected with code and advice, and nothing is ordered', async (what, request, code) => {
  const purchaseId = await local.buy(`rejected-${what.replaceAll(' ', '-')}`, request);
  const view = await local.ending(purchaseId);
  expect(view).toMatchObject({ status: 'rejected', reason: { code, advice: expect.stringMatching(/\w/) } });
  await eventually('the rejection', () =>
    local.events.find(({ subject, type }) => subject === purchaseId && type.endsWith('rejected.v1')),
  );
  const ledger = await readLedger(local.stack);
  expect(ledger.filter(({ cartId }) => view.cart !== undefined && cartId === view.cart.id)).toEqual([]);
});

test('an ERP message that is not JSON goes to unprocessable-messages with the reason, signed or not', async () => {
  await local.order('rejected-not-json', 'four licences please');
  await send({ messageId: 'rejected-unsigned', body: 'four licences please' });
  const unprocessable = await readUnprocessable(['rejected-not-json', 'rejected-unsigned']);
  expect(unprocessable.get('rejected-not-json')?.properties).toMatchObject({
    DeadLetterReason: 'not-json',
    queue: 'purchase-requests',
  });
  expect(unprocessable.get('rejected-unsigned')?.properties).toMatchObject({ DeadLetterReason: 'bad-signature' });
});

test('an invalid ERP message goes to unprocessable-messages with what is wrong and where, itself and its own properties', async () => {
  const sent = signed('rejected-invalid', oneLine('DG7GMGF0D5P1', '0001', { quantity: 0 }));
  await send({ ...sent, applicationProperties: { ...sent.applicationProperties, batch: 42 } });
  const message = (await readUnprocessable(['rejected-invalid'])).get('rejected-invalid');
  expect(message?.properties).toEqual({
    ...sent.applicationProperties,
    batch: 42,
    DeadLetterReason: 'invalid-request',
    DeadLetterErrorDescription: expect.stringContaining('lines.0.quantity: '),
    queue: 'purchase-requests',
    originalMessageId: 'rejected-invalid',
  });
  expect(message?.body).toEqual(sent.body);
});

test('an ERP request id with other content goes to unprocessable-messages as a conflict, and the first purchase stays as it was', async () => {
  const purchaseId = await local.order('rejected-erp-id', JSON.stringify(threeLines));
  const first = await local.ending(purchaseId);
  // The message id is the same too.
  await send(signed('rejected-erp-id', oneLine('DG7GMGF0D5P1', '0001')));
  const message = (await readUnprocessable(['rejected-erp-id'])).get('rejected-erp-id');
  expect(message?.properties).toMatchObject({
    DeadLetterReason: 'conflict',
    DeadLetterErrorDescription: expect.stringContaining(purchaseId),
    'webhook-id': 'rejected-erp-id',
  });
  expect(first.status).toBe('completed');
  expect(await local.ending(purchaseId)).toEqual(first);
  expect(await local.ordersOf(first)).toHaveLength(2);
});

test('a request that the broker gave up goes to unprocessable-messages with its reason, whatever is in it', async () => {
  await local.stack.kill('host');
  // A body that names the host's own metadata, and one that is no text.
  const bodies = {
    'abandoned-json': Buffer.from('{"applicationProperties":"mine","messageId":{}}'),
    'abandoned-bytes': Buffer.from([0xff, 0x00, 0xfe]),
  };
  for (const [messageId, body] of Object.entries(bodies))
    await send({ messageId, body, applicationProperties: { batch: 42 } });
  const receiver = local.bus.createReceiver('purchase-requests');
  const received = await receiver.receiveMessages(2);
  for (const message of received)
    await receiver.deadLetterMessage(message, { deadLetterReason: 'Tired', deadLetterErrorDescription: 'ten times' });
  await receiver.close();
  await local.stack.restart('host');
  const unprocessable = await readUnprocessable(Object.keys(bodies));
  for (const [messageId, body] of Object.entries(bodies)) {
    expect(unprocessable.get(messageId)).toEqual({
      body,
      properties: {
        batch: 42,
        DeadLetterReason: 'dead-letter',
        DeadLetterErrorDescription: 'Tired: ten times',
        queue: 'purchase-requests',
        originalMessageId: messageId,
      },
    });
  }
});

test('an order that is scheduled for later, signed now, is accepted when it comes', async () => {
  const order = signed('scheduled-order', oneLine('DG7GMGF0D5P1', '0001'));
  const body = order.body;
  const properties = sign(
    developmentRequesters.erp.signingSecret,
    'scheduled-order',
    body,
    new Date(Date.now() - 20 * 60_000),
  );
  const sender = local.bus.createSender('purchase-requests');
  await sender.scheduleMessages({ ...order, applicationProperties: properties }, new Date(Date.now() + 500));
  await sender.close();
  const purchaseId = purchaseIdOf(developmentRequesters.erp.id, 'scheduled-order');
  const url = `${local.stack.functionsUrl}/api/purchases/${purchaseId}`;
  const headers = { authorization: `bearer ${developmentRequesters.erp.readKey}` };
  await eventually('the purchase', async () => (await fetch(url, { headers })).ok);
  expect((await local.ending(purchaseId)).status).toBe('completed');
});

test.each([
  ['in chunks', 411, {}],
  ['compressed', 415, { 'content-encoding': 'gzip' }],
])('a well signed webhook that comes %s is answered %i with advice', async (_how, status, more) => {
  const body = Buffer.from(good);
  const headers = { ...sign(local.crm.signingSecret, 'rejected-transfer', body), ...more };
  const chunks = status === 411 ? new Blob([body]).stream() : body;
  const init = { method: 'POST', headers, body: chunks, duplex: 'half' as const };
  const answer = await fetch(`${local.stack.functionsUrl}/api/purchases`, init);
  expect(problem.parse(await answer.json())).toMatchObject({ status, detail: expect.stringMatching(/^Send the body/) });
});

test("a requester sees only its own purchases: another's does not exist", async () => {
  const erpId = await local.order('rejected-foreign', JSON.stringify(oneLine('DG7GMGF0D5P1', '0001')));
  await local.ending(erpId);
  const url = `${local.stack.functionsUrl}/api/purchases/${erpId}`;
  const answers = await Promise.all([
    fetch(url, { headers: { authorization: `Bearer ${local.crm.readKey}` } }),
    fetch(url, { headers: { authorization: 'Bearer wrong' } }),
    fetch(url),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([404, 401, 401]);
});

/** An ERP message that is signed under that id. */
function signed(id: string, request: unknown) {
  const body = Buffer.from(JSON.stringify(request));
  return { messageId: id, body, applicationProperties: sign(developmentRequesters.erp.signingSecret, id, body) };
}

async function send(message: ServiceBusMessage): Promise<void> {
  const sender = local.bus.createSender('purchase-requests');
  await sender.sendMessages(message);
  await sender.close();
}

/** Takes unprocessable out of `unprocessable-messages` until there is one about each of these messages. */
async function readUnprocessable(messageIds: string[]): Promise<Map<unknown, { body: unknown; properties: unknown }>> {
  const receiver = local.bus.createReceiver('unprocessable-messages', { skipParsingBodyAsJson: true });
  const unprocessable = new Map<unknown, { body: unknown; properties: unknown }>();
  receiver.subscribe({
    processMessage: async ({ body, applicationProperties: properties = {} }: ServiceBusReceivedMessage) =>
      void unprocessable.set(properties['originalMessageId'], { body, properties }),
    processError: async () => undefined,
  });
  await eventually('the unprocessable messages', () =>
    messageIds.every((id) => unprocessable.has(id)) ? true : undefined,
  );
  await receiver.close();
  return unprocessable;
}
