import { expect, test } from '@jest/globals';
import { InvocationContext } from '@azure/functions';
import { sign } from '@cartage/stack/sign';
import { receiveErpOrder } from '#functions/intake/receive-erp-order';
import { purchaseIdOf } from '#shared/domain/ids';
import { createPurchaseStore } from '#shared/pipeline/purchase-store';
import { aRequester, CUSTOMER, NOW, SECRET } from '#test/support/builders';
import { settings } from '#test/support/machine';
import { memoryTable, MemoryBus, type Delivery } from '#test/support/memory';

const OTHER_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const requesters = [
  aRequester({ id: 'contoso-erp', kind: 'erp' }),
  aRequester({ id: 'fabrikam-erp', kind: 'erp', signingKeys: [{ secret: OTHER_SECRET }] }),
];
const DAY = 24 * 60 * 60;

const order = (quantity: unknown) =>
  Buffer.from(
    JSON.stringify({ customerId: CUSTOMER, lines: [{ productId: 'DZH318Z0CSA1', skuId: '0001', quantity }] }),
  );

/** An ERP's message: `signedAgo` seconds before it comes to the queue. */
interface ErpMessage {
  messageId: string;
  body: Buffer;
  properties: Record<string, string | number>;
}
function message(messageId: string, body: Buffer, { id = messageId, secret = SECRET, signedAgo = 0 } = {}): ErpMessage {
  const at = new Date(NOW.getTime() - signedAgo * 1000);
  return { messageId, body, properties: sign(secret, id, body, at) };
}

/** Puts messages on `purchase-requests`, has them all received, and answers what came of them. */
async function receive(...messages: ErpMessage[]) {
  const bus = new MemoryBus(() => NOW);
  const purchases = createPurchaseStore(memoryTable());
  const handle = receiveErpOrder({ bus, purchases, requesters, settings, log: () => undefined, now: () => NOW });
  for (const one of messages) await bus.send('purchase-requests', one);
  for (const [at, { messageId, body, properties }] of bus.queued.filter(isRequest).entries()) {
    const triggerMetadata = {
      messageId,
      sequenceNumber: at + 1,
      enqueuedTimeUtc: NOW.toISOString(),
      applicationProperties: properties,
    };
    await handle(body, new InvocationContext({ triggerMetadata }));
  }
  const read = (requester: string, id: string) => purchases.read(purchaseIdOf(requester, id));
  return { read, unprocessable: bus.queued.filter(({ entity }) => entity === 'unprocessable-messages') };
}

const isRequest = ({ entity }: Delivery) => entity === 'purchase-requests';

test('an order that is corrected and sent again under the same message id is accepted', async () => {
  const { read, unprocessable } = await receive(message('ORDER-1', order('5')), message('ORDER-1', order(5)));
  expect(await read('contoso-erp', 'ORDER-1')).toMatchObject({ purchase: { request: { lines: [{ quantity: 5 }] } } });
  expect(unprocessable).toMatchObject([{ properties: { DeadLetterReason: 'invalid-request' } }]);
});

test('two ERP systems that both call their order ORDER-1 get two purchases', async () => {
  const { read, unprocessable } = await receive(
    message('ORDER-1', order(1)),
    message('ORDER-1', order(2), { secret: OTHER_SECRET }),
  );
  expect(await read('contoso-erp', 'ORDER-1')).toMatchObject({ purchase: { request: { lines: [{ quantity: 1 }] } } });
  expect(await read('fabrikam-erp', 'ORDER-1')).toMatchObject({ purchase: { request: { lines: [{ quantity: 2 }] } } });
  expect(unprocessable).toEqual([]);
});

test('an unsigned message with the message id of the next order takes nothing away from it', async () => {
  const { read, unprocessable } = await receive(
    { messageId: 'ORDER-1', body: order(9), properties: {} },
    message('ORDER-1', order(1)),
  );
  expect(await read('contoso-erp', 'ORDER-1')).toMatchObject({ purchase: { request: { lines: [{ quantity: 1 }] } } });
  expect(unprocessable).toMatchObject([{ properties: { DeadLetterReason: 'bad-signature' } }]);
});

test('the same request id with other content is a conflict, also under the same message id', async () => {
  const { read, unprocessable } = await receive(message('ORDER-1', order(1)), message('ORDER-1', order(2)));
  expect(await read('contoso-erp', 'ORDER-1')).toMatchObject({ purchase: { request: { lines: [{ quantity: 1 }] } } });
  expect(unprocessable).toMatchObject([{ body: order(2), properties: { DeadLetterReason: 'conflict' } }]);
});

test('the same message three times that can not be accepted is told three times: none hides another', async () => {
  const bad = { messageId: 'ORDER-1', body: Buffer.from('x'), properties: {} };
  expect((await receive(bad, bad, bad)).unprocessable).toHaveLength(3);
});

test('an order that was scheduled, delayed, or sent again by an operator is accepted for 30 days', async () => {
  for (const signedAgo of [20 * 60, 3 * DAY, 28 * DAY]) {
    const { read } = await receive(message('ORDER-1', order(1), { signedAgo }));
    expect(await read('contoso-erp', 'ORDER-1')).toBeDefined();
  }
});

test.each([
  ['older', 31 * DAY, 'sign it again now'],
  ['from the future', -301, "set the sender's clock"],
])('an order that is %s is rejected, and the reason says what to do', async (_what, signedAgo, advice) => {
  const { unprocessable } = await receive(message('ORDER-1', order(1), { signedAgo }));
  expect(unprocessable).toMatchObject([
    { properties: { DeadLetterReason: 'bad-signature', DeadLetterErrorDescription: expect.stringContaining(advice) } },
  ]);
});

test('a signature under names that JMS allows is read, its timestamp as a number too', async () => {
  const { properties, ...rest } = message('ORDER-1', order(1));
  const { read } = await receive({
    ...rest,
    properties: {
      webhook_id: properties['webhook-id'] ?? '',
      webhook_timestamp: Number(properties['webhook-timestamp']),
      webhook_signature: properties['webhook-signature'] ?? '',
    },
  });
  expect(await read('contoso-erp', 'ORDER-1')).toBeDefined();
});

test('an unprocessable order is kept byte by byte, with its signature', async () => {
  const body = Buffer.concat([order(1), Buffer.from([0xff, 0x0a])]);
  const sent = message('ORDER-1', body);
  expect((await receive(sent)).unprocessable).toMatchObject([
    { body, properties: { ...sent.properties, DeadLetterReason: 'not-json', originalMessageId: 'ORDER-1' } },
  ]);
});
