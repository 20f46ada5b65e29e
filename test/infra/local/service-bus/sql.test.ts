import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { AmqpError } from '#local/service-bus/amqp/amqp-error';
import type { Decoded } from '#local/service-bus/amqp/value';
import { decode } from '#local/service-bus/amqp/reader';
import type { Facts } from '#local/service-bus/facts';
import { like } from '#local/service-bus/like';
import { compileAction } from '#local/service-bus/sql-action';
import { compileFilter } from '#local/service-bus/sql-filter';

const facts: Facts = {
  properties: ['id-1', null, 'to', 'Order placed', null, 'corr', 'application/json'],
  application: new Map<Decoded, Decoded>([
    ['amount', 150],
    ['currency', 'EUR'],
    ['urgent', true],
    ['odd name', 'yes'],
    ['text', "it's 100%"],
  ]),
};

test.each([
  ['amount > 100', true],
  ['amount >= 150 AND amount <= 150', true],
  ["amount < 100 OR currency = 'EUR'", true],
  ["NOT currency = 'EUR'", false],
  ["currency <> 'EUR'", false],
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
])('%s is %s', (expression, wanted) => {
  expect(compileFilter(expression)(facts)).toBe(wanted);
});

test.each([
  '',
  'a =',
  'a = = 1',
  '(a = 1',
  "a = 'open",
  'a LIKE',
  'a IN ()',
  'a NOT 1',
  'EXISTS a',
  'a = 1 b',
  '((('.repeat(200),
  'a ; b',
])('the expression "%s" is refused', (expression) => {
  expect(() => compileFilter(expression)).toThrow(AmqpError);
});

test('an action sets, computes and removes application properties in its order', () => {
  const action = compileAction(
    "SET total = amount * 2; SET half = total / 4.0; SET note = currency + '!'; REMOVE urgent SET half = 0.5",
  );
  const changes = [...action(facts)].map(([name, value]) => [name, value && decode(value)]);
  expect(Object.fromEntries(changes)).toEqual({ total: 300, half: 0.5, note: 'EUR!', urgent: undefined });
});

test.each(['amount = 1', 'SET sys.Label = 1', 'SET a', 'REMOVE'])('the action "%s" is refused', (action) => {
  expect(() => compileAction(action)).toThrow(AmqpError);
});

test('LIKE agrees with a regular expression', () => {
  const piece = fc.constantFrom('a', 'b', '%', '_');
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'b'), { maxLength: 12 }),
      fc.array(piece, { maxLength: 8 }),
      (text, pattern) => {
        const source = pattern.map((sign) => (sign === '%' ? '.*' : sign === '_' ? '.' : sign)).join('');
        expect(like(text.join(''), pattern.join(''), '')).toBe(new RegExp(`^${source}$`).test(text.join('')));
      },
    ),
    { numRuns: 1_000 },
  );
});
