import { expect, test } from '@jest/globals';
import { parseConfig } from '#config/config';
import { BrokerProcess } from './broker-process';

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
  const broker = await BrokerProcess.start({ config: emulatorConfig });
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

test.each([
  [{ queues: { a: { lockDuraton: 'PT1M' } } }, 'queues.a', 'lockDuraton'],
  [{ queues: { a: { lockDuration: 'PT6M' } } }, 'queues.a.lockDuration', 'between 5 s and 300 s'],
  [{ queues: { a: { maxDeliveryCount: 0 } } }, 'queues.a.maxDeliveryCount', '>=1'],
  [{ queueDefaults: { defaultMessageTimeToLive: '1 hour' } }, 'queueDefaults.defaultMessageTimeToLive', 'ISO 8601'],
  [{ queue: {} }, '(top level)', '"queue"'],
  [{ queues: { a: { forwardTo: 'b' } } }, 'queues.a.forwardTo', "no queue or topic 'b'"],
  [{ queues: { 'a b': {} } }, 'queues.a b', 'letters, digits'],
  [{ queues: { a: {}, A: {} } }, 'queues.A', 'taken already'],
  [{ queues: { a: {} }, topics: { a: {} } }, 'topics.a', 'taken already'],
  [{ queues: { a: { maxMessageSizeInKilobytes: 0 } } }, 'queues.a.maxMessageSizeInKilobytes', '>=1'],
  [{ topics: { t: { lockDuration: 'PT1M' } } }, 'topics.t', '"lockDuration"'],
  [
    { topics: { t: { subscriptions: { s: { forwardDeadLetteredMessagesTo: 'x' } } } } },
    'topics.t.subscriptions.s.forwardDeadLetteredMessagesTo',
    "'x'",
  ],
  [
    { topics: { t: { subscriptions: { s: { rules: { r: { correlationFilter: { lable: 'x' } } } } } } } },
    'topics.t.subscriptions.s.rules.r.correlationFilter',
    '"lable"',
  ],
  [
    { topics: { t: { subscriptions: { s: { rules: { r: { action: { sqlExpression: 'DROP a' } } } } } } } },
    'topics.t.subscriptions.s.rules.r.action.sqlExpression',
    'SET or REMOVE',
  ],
  [
    { topics: { t: { subscriptions: { s: { rules: { r: { sqlFilter: { sqlExpression: 'a >' } } } } } } } },
    'topics.t.subscriptions.s.rules.r.sqlFilter.sqlExpression',
    'ends too early',
  ],
  [
    { UserConfig: { Namespaces: [{ Name: 'n', Queues: [{ Name: 'q', Properties: { Lock: 1 } }] }] } },
    'UserConfig.Namespaces.0.Queues.0.Properties',
    '"Lock"',
  ],
  [
    { UserConfig: { Namespaces: [{ Name: 'n', Queues: [{ Name: 'q', Properties: { ForwardTo: 'x' } }] }] } },
    'UserConfig.Namespaces.0.Queues.0.Properties.ForwardTo',
    "'x'",
  ],
  [
    { UserConfig: { Namespaces: [{ Name: 'n', Queues: [{ Name: 'q' }], Topics: [{ Name: 'Q' }] }] } },
    'UserConfig.Namespaces.0.Topics.0.Name',
    'taken already',
  ],
  [{ UserConfig: { Namespaces: [{ Name: 'n' }, { Name: 'm' }] } }, 'UserConfig.Namespaces', 'array'],
  [{ UserConfig: { Namespace: [] } }, 'UserConfig', '"Namespace"'],
])('a wrong configuration is refused with the path of the key: %j', (config, path, reason) => {
  expect(() => parseConfig(JSON.stringify(config))).toThrow(path);
  expect(() => parseConfig(JSON.stringify(config))).toThrow(reason);
});

test('a broker with a wrong configuration does not start', async () => {
  const start = BrokerProcess.start({ config: { queues: { a: { maxDeliveryCount: 'many' } } } });
  await expect(start).rejects.toThrow('queues.a.maxDeliveryCount');
});

test('a queue with data keeps its kind and its sessions, whatever a later configuration says', async () => {
  const broker = await BrokerProcess.start({ config: { queues: { a: {}, b: {} } } });
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
