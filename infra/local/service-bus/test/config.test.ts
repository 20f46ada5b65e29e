import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseConfig } from '#config/config';

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

test('a configuration that is no JSON is refused', () => {
  expect(() => parseConfig('{ "queues": {')).toThrow('Invalid configuration: ');
});

test('the example of the README is a configuration', () => {
  const readme = readFileSync(join(require.resolve('#main'), '../../../README.md'), 'utf8');
  const [, example = ''] = /```json\n(.*?)```/s.exec(readme) ?? [];
  const names = parseConfig(example).map(({ kind, name }) => `${kind} ${name}`);
  expect(names).toEqual(['queue work', 'queue failures', 'topic events', 'subscription all', 'subscription large']);
});
