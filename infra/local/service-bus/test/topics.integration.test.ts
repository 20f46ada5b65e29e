import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestBroker } from '#test/support/test-broker';

const forAudience = (audience: string): object => ({
  rules: { audience: { correlationFilter: { properties: { audience } } } },
});
const config = {
  topics: {
    events: {
      requiresDuplicateDetection: true,
      subscriptions: { audit: { rules: {} }, crm: forAudience('crm'), erp: forAudience('erp') },
    },
  },
};

let broker: TestBroker;
beforeAll(async () => {
  broker = await TestBroker.start({ config });
});
afterAll(async () => {
  await broker.dispose();
});

async function peek(subscription: string): Promise<unknown[]> {
  const receiver = broker.client().createReceiver('events', subscription);
  return (await receiver.peekMessages(100)).map(({ body }) => body);
}

test('correlation filters choose what a subscription gets; one without rules gets everything', async () => {
  const sender = broker.client().createSender('events');
  await sender.sendMessages([
    { body: 'crm', applicationProperties: { audience: 'crm' } },
    { body: 'erp', applicationProperties: { audience: 'erp' } },
    { body: 'nobody' },
  ]);
  expect(await peek('audit')).toEqual(['crm', 'erp', 'nobody']);
  expect(await peek('crm')).toEqual(['crm']);
  expect(await peek('erp')).toEqual(['erp']);
});

test('a topic drops duplicates for all its subscriptions, and delivers scheduled messages at their time', async () => {
  const client = broker.client();
  const sender = client.createSender('events');
  const soon = new Date(Date.now() + 200);
  const event = { body: 'later', messageId: 'event-1', applicationProperties: { audience: 'crm' } };
  await sender.scheduleMessages(event, soon);
  await sender.sendMessages(event);
  const receiver = client.createReceiver('events', 'crm');
  for (;;) {
    const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 5_000 });
    if (!message) throw new Error('no message came');
    await receiver.completeMessage(message);
    if (message.body === 'later') break;
  }
  expect(Date.now()).toBeGreaterThanOrEqual(soon.getTime());
  expect(await broker.counts('events/Subscriptions/crm')).toMatchObject({ active: 0 });
  expect(await broker.counts('events')).toMatchObject({ scheduled: 0, totals: { duplicatesDropped: 1 } });
});
