import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestBroker } from '#test/support/test-broker';

const message = {
  body: 'x',
  messageId: 'id-1',
  to: 'to',
  subject: 'Order placed',
  correlationId: 'corr',
  contentType: 'application/json',
  replyTo: 'reply',
  replyToSessionId: 'reply session',
  sessionId: 'session',
  applicationProperties: {
    amount: 150,
    fraction: 0.5,
    currency: 'EUR',
    urgent: true,
    'odd name': 'yes',
    text: "it's 100%",
  },
};

const sqlFilters: [string, boolean][] = [
  ['amount > 100', true],
  ['amount >= 150 AND amount <= 150', true],
  ["amount < 100 OR currency = 'EUR'", true],
  ["NOT currency = 'EUR'", false],
  ["currency <> 'EUR'", false],
  ["CURRENCY = 'EUR'", true],
  ["Currency = 'eur'", false],
  ['EXISTS(user.Amount)', true],
  ['EXISTS([ODD NAME])', true],
  ["currency != 'USD'", true],
  ["currency IN ('USD', 'EUR')", true],
  ["currency NOT IN ('USD', 'EUR')", false],
  ["sys.Label LIKE 'Order%'", true],
  ["sys.label LIKE '_rder pl%'", true],
  ["sys.Subject NOT LIKE '%refused'", true],
  ["text LIKE '%100!%' ESCAPE '!'", true],
  ["text = 'it''s 100%'", true],
  ["[odd name] = 'yes'", true],
  ['user.urgent = TRUE', true],
  ['urgent', true],
  ['missing IS NULL', true],
  ['amount IS NOT NULL', true],
  ['EXISTS(amount) AND NOT EXISTS(missing)', true],
  ['missing = 1', false],
  ['NOT missing = 1', false],
  ['missing = 1 OR TRUE', true],
  ['missing <> 1', false],
  ['amount + 50 = 200', true],
  ['(amount - 50) * 2 / 4 % 7 = 1', true],
  ['-amount = -150', true],
  ['amount / 0 = 1', false],
  ["amount = '150'", false],
  ["sys.MessageId = 'id-1' AND sys.CorrelationId = 'corr' AND sys.To = 'to'", true],
  ['1=1', true],
  ['1 = 1 AND NOT (2 > 1)', false],
];

const correlationFilters: [object, boolean][] = [
  [{ messageId: 'id-1' }, true],
  [{ messageId: 'id-2' }, false],
  [{ to: 'to' }, true],
  [{ to: 'from' }, false],
  [{ label: 'Order placed' }, true],
  [{ label: 'order placed' }, false],
  [{ correlationId: 'corr' }, true],
  [{ correlationId: 'c' }, false],
  [{ contentType: 'application/json' }, true],
  [{ contentType: 'application/xml' }, false],
  [{ replyTo: 'reply' }, true],
  [{ replyTo: 'no' }, false],
  [{ replyToSessionId: 'reply session' }, true],
  [{ replyToSessionId: 'no' }, false],
  [{ sessionId: 'session' }, true],
  [{ sessionId: 'no' }, false],
  [{ properties: { amount: 150, urgent: true, currency: 'EUR', fraction: 0.5 } }, true],
  [{ properties: { amount: 150, urgent: false } }, false],
  [{ properties: { amount: '150' } }, false],
  [{ properties: { missing: 'x' } }, false],
  [{ label: 'Order placed', properties: { amount: 150 } }, true],
  [{ label: 'Order placed', properties: { amount: 151 } }, false],
];

/** A subscription for every filter: its name, the filter, and whether it takes the message. */
const cases = [
  ...sqlFilters.map(([sqlExpression, taken]) => ({ filter: { sqlFilter: { sqlExpression } }, taken })),
  ...correlationFilters.map(([correlationFilter, taken]) => ({ filter: { correlationFilter }, taken })),
].map(({ filter, taken }, index) => ({ name: `s${index}`, filter, taken }));

let broker: TestBroker;
let taken: Set<string>;
beforeAll(async () => {
  const rules = cases.map(({ name, filter }) => [name, { rules: { only: filter } }]);
  broker = await TestBroker.start({ config: { topics: { t: { subscriptions: Object.fromEntries(rules) } } } });
  const client = broker.client();
  await client.createSender('t').sendMessages(message);
  taken = new Set();
  for (const { name } of cases) {
    const [found] = await client.createReceiver('t', name).peekMessages(1);
    if (found) taken.add(name);
  }
});
afterAll(async () => {
  await broker.dispose();
});

test.each(
  cases.map(({ name, filter, taken: wanted }) => [JSON.stringify(Object.values(filter)[0]), wanted, name] as const),
)('a message that the SDK sends passes %s: %s', (_, wanted, name) => {
  expect(taken.has(name)).toBe(wanted);
});
