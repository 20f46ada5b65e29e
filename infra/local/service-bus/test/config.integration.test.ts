import { expect, test } from '@jest/globals';
import { TestBroker } from '#test/support/test-broker';

const emulatorConfig = `{
  // The shape of the official emulator's Config.json, comments and all.
  "UserConfig": {
    "Namespaces": [
      {
        "Name": "sbemulatorns",
        "Queues": [
          {
            "Name": "queue.1", /* with // inside */
            "Properties": {
              "DeadLetteringOnMessageExpiration": false,
              "DefaultMessageTimeToLive": "PT1H",
              "DuplicateDetectionHistoryTimeWindow": "PT20S",
              "ForwardDeadLetteredMessagesTo": "",
              "ForwardTo": "",
              "LockDuration": "PT1M",
              "MaxDeliveryCount": 3,
              "RequiresDuplicateDetection": false,
              "RequiresSession": false
            }
          }
        ],
        "Topics": [
          {
            "Name": "topic.1",
            "Properties": { "DefaultMessageTimeToLive": "PT1H", "RequiresDuplicateDetection": false },
            "Subscriptions": [
              {
                "Name": "subscription.1",
                "Properties": { "LockDuration": "PT1M", "MaxDeliveryCount": 3 },
                "Rules": [
                  {
                    "Name": "app-prop-filter-1",
                    "Properties": {
                      "FilterType": "Correlation",
                      "CorrelationFilter": { "ContentType": "application/text", "Properties": { "prop1": "value1" } }
                    }
                  },
                  { "Name": "sql", "Properties": { "FilterType": "Sql", "SqlFilter": { "SqlExpression": "a = 'http://x'" } } }
                ]
              },
              { "Name": "subscription.2" }
            ]
          }
        ]
      }
    ],
    "Logging": { "Type": "File" }
  }
}`;

test("the official emulator's configuration is served as it is", async () => {
  const broker = await TestBroker.start({ config: emulatorConfig });
  try {
    const client = broker.client();
    await client.createSender('queue.1').sendMessages({ body: 1 });
    await client
      .createSender('topic.1')
      .sendMessages({ body: 2, contentType: 'application/text', applicationProperties: { prop1: 'value1' } });
    expect(await broker.counts('queue.1')).toMatchObject({ active: 1 });
    expect(await broker.counts('topic.1/Subscriptions/subscription.1')).toMatchObject({ active: 1 });
    expect(await broker.counts('topic.1/Subscriptions/subscription.2')).toMatchObject({ active: 1 });
  } finally {
    await broker.dispose();
  }
});

test('a broker with a wrong configuration does not start', async () => {
  const start = TestBroker.start({ config: { queues: { a: { maxDeliveryCount: 'many' } } }, process: {} });
  await expect(start).rejects.toThrow('Invalid configuration: queues.a.maxDeliveryCount');
});

test('a queue with data keeps its kind and its sessions, whatever a later configuration says', async () => {
  const broker = await TestBroker.start({ config: { queues: { a: {}, b: {} } } });
  try {
    await broker.kill();
    broker.configure({ queues: { a: { requiresSession: true }, b: {} } });
    await expect(broker.run()).rejects.toThrow("requiresSession of 'a'");
    broker.configure({ topics: { b: {} } });
    await expect(broker.run()).rejects.toThrow("'b' is a queue already");
    broker.configure({ queues: { a: { maxDeliveryCount: 2 } } });
    await broker.run();
    await broker.client().createSender('b').sendMessages({ body: 'still there' });
  } finally {
    await broker.dispose();
  }
});
