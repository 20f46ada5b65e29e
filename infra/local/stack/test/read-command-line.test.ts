import { expect, test } from '@jest/globals';
import { helpOf, usageOf } from '#command-line/help';
import { readCommandLine, UsageError } from '#command-line/read-command-line';

const command = {
  name: 'npm run try',
  summary: 'Tries.',
  flags: {
    data: { type: 'string', value: 'DIR', default: '.data', help: 'where data is kept' },
    id: { type: 'string', value: 'ID', help: 'an id' },
    fresh: { type: 'boolean', default: false, help: 'begins anew' },
  },
  argument: { value: 'FILE', default: 'example.json', help: 'what is tried' },
} as const;

test.each([
  [[], { data: '.data', fresh: false }, 'example.json'],
  [['mine.json', '--fresh', '--id', '7'], { data: '.data', fresh: true, id: '7' }, 'mine.json'],
  [['--data=-odd-', '--', '--fresh'], { data: '-odd-', fresh: false }, '--fresh'],
])('%j is read', (args, flags, argument) => {
  const line = readCommandLine(command, args);
  expect({ ...line.flags }).toEqual(flags);
  expect(line.argument).toBe(argument);
});

test.each([
  [['--frehs'], 'Unknown flag: --frehs'],
  [['-f'], 'Unknown flag: -f'],
  [['--no-fresh'], 'Unknown flag: --no-fresh'],
  [['--fresh=yes'], '--fresh takes no value'],
  [['--data'], '--data needs a value: DIR'],
  [['--data='], '--data needs a value: DIR'],
  [['--data', '--fresh'], '--data needs a value: DIR'],
  [['a.json', 'b.json'], 'Unexpected argument: b.json'],
])('%j is refused in plain words', (args, message) => {
  expect(() => readCommandLine(command, args)).toThrow(new UsageError(message));
});

test('a command without an argument takes none', () => {
  const { argument: _, ...bare } = command;
  expect(() => readCommandLine(bare, ['a.json'])).toThrow(new UsageError('Unexpected argument: a.json'));
});

test('the help has every flag with its default', () => {
  expect(helpOf(command)).toBe(`Usage: npm run try -- [FILE] [--data DIR] [--id ID] [--fresh]

Tries.

  FILE        what is tried (default: example.json)
  --data DIR  where data is kept (default: .data)
  --id ID     an id
  --fresh     begins anew (default: off)
  --help      shows this
`);
});

test('the usage of a command with many flags goes on below itself', () => {
  const flags = Object.fromEntries(
    Array.from({ length: 9 }, (_, index) => [`flag-number-${index}`, { type: 'boolean', help: '' }] as const),
  );
  const lines = usageOf({ name: 'npm run try', summary: '', flags }).split('\n');
  expect(lines.map((line) => line.length <= 110)).toEqual([true, true, true]);
  expect(lines[2]).toBe(`${' '.repeat('Usage: npm run try -- '.length)}[--flag-number-8]`);
});
