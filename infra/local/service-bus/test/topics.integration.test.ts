import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { BrokerProcess } from './broker-process';

let broker: BrokerProcess;
beforeAll(async () => {
  broker = await BrokerProcess.start();
});
afterAll(async () => {
  await broker.dispose();
});

async function peek(subscription: string): Promise<unknown[]> {
  const receiver = broker.client().createReceiver('order-events', subscription);
  return (await receiver.peekMessages(100)).map(({ body }) => body);
}

test("the project's own topology is served, and its correlation filters choose", async () => {
  const sender = broker.client().createSender('order-events');
  await sender.sendMessages([
    { body: 'crm', applicationProperties: { cloudEvents_audience: 'crm' } },
    { body: 'erp', applicationProperties: { cloudEvents_audience: 'erp' } },
    { body: 'nobody' },
  ]);
  expect(await peek('audit')).toEqual(['crm', 'erp', 'nobody']);
  expect(await peek('crm')).toEqual(['crm']);
  expect(await peek('erp')).toEqual(['erp']);
  expect(await broker.counts('purchase-checkout')).toMatchObject({ active: 0 });
});

test('a topic drops duplicates for all its subscriptions, and delivers scheduled messages at their time', async () => {
  const client = broker.client();
  const sender = client.createSender('order-events');
  const soon = new Date(Date.now() + 200);
  const event = { body: 'later', messageId: 'event-1', applicationProperties: { cloudEvents_audience: 'crm' } };
  await sender.scheduleMessages(event, soon);
  await sender.sendMessages(event);
  const receiver = client.createReceiver('order-events', 'crm');
  for (;;) {
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
    if (!message) throw new Error('no message came');
    await receiver.completeMessage(message);
    if (message.body === 'later') break;
  }
  expect(Date.now()).toBeGreaterThanOrEqual(soon.getTime());
  expect(await broker.counts('order-events/Subscriptions/crm')).toMatchObject({ active: 0 });
  expect(await broker.counts('order-events')).toMatchObject({ scheduled: 0, totals: { duplicatesDropped: 1 } });
});
