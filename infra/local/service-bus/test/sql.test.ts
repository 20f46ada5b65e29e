import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { AmqpError } from '#amqp/amqp-error';
import { decode } from '#amqp/reader';
import type { Decoded } from '#amqp/value';
import type { FilterInput } from '#messages/filter-input';
import { like } from '#rules/like';
import { compileAction } from '#rules/sql-action';
import { compileFilter } from '#rules/sql-filter';

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
  const input: FilterInput = {
    properties: [],
    application: new Map<Decoded, Decoded>([
      ['amount', 150],
      ['currency', 'EUR'],
      ['urgent', true],
    ]),
  };
  const changes = [...action(input)].map(([name, value]) => [name, value && decode(value)]);
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
