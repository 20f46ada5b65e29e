import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@jest/globals';
import { formatLine, type LineFormat } from '#log/format-line';
import type { LogOrigin } from '#log/read-entry';
import { ansiPaint, plainPaint } from '#text/paint';

const at = new Date(2026, 10, 28, 9, 5, 7);
const plain: LineFormat = { paint: plainPaint, verbose: false, width: 120 };

const stage = {
  message: 'stage',
  purchaseId: '4e97667f-228c-50af-ba5a-90e13b698f97',
  version: 3,
  stage: 'cart',
  attempt: 1,
  outcome: 'advance',
  note: 'cart 4e434664-04e2-44d6-86ad-0ed160fb63a2, 2 order group(s), EUR 2162.95',
  milliseconds: 13,
};
const host = (label: string, category: string, message: string): string =>
  `2026-11-28T09:05:07.123Z ${label} ${category}: ${message}`;

test.each<[string, LogOrigin, string, string | undefined]>([
  [
    'a stage of a purchase',
    'host',
    JSON.stringify(stage),
    '09:05:07  host     4e97667f  cart          advance        13.0 ms  cart 4e434664, 2 order group(s), EUR 2162.95',
  ],
  [
    'a stage that was logged through the host',
    'host',
    host('info', 'Function.cart.User', JSON.stringify({ ...stage, attempt: 2, outcome: 'retry', note: 'busy' })),
    '09:05:07  host     4e97667f  cart #2       retry          13.0 ms  busy',
  ],
  [
    'a stage line of an app that says less',
    'host',
    JSON.stringify({ message: 'stage', purchaseId: 'p', stage: 'cart', outcome: 'hold' }),
    '09:05:07  host     p  cart          hold            0.0 ms  ',
  ],
  [
    'a long note is cut',
    'host',
    JSON.stringify({ ...stage, note: 'x '.repeat(80) }),
    `09:05:07  host     4e97667f  cart          advance        13.0 ms  ${'x '.repeat(26)}…`,
  ],
  [
    'a warning of the app, with its fields',
    'host',
    JSON.stringify({ message: 'webhook rejected', level: 'warn', why: 'no-signature' }),
    '09:05:07  host     warning  webhook rejected  why=no-signature',
  ],
  [
    'a line of the app without a level',
    'host',
    JSON.stringify({ message: 'invoices listed', listed: 4, from: { year: 2026 } }),
    '09:05:07  host     invoices listed  listed=4  from={"year":2026}',
  ],
  [
    'an error of the host, without the stack trace',
    'host',
    host('fail', 'Function.cart', "Executed 'Functions.cart' (Failed) Error: no luck\\n    at run (x.js:1:1)"),
    "09:05:07  host     error  Function.cart: Executed 'Functions.cart' (Failed) Error: no luck",
  ],
  ['what the host says of every invocation', 'host', host('info', 'Function.cart', 'Executing'), undefined],
  [
    'what a function logs by its context',
    'host',
    host('info', 'Function.hear.User', 'heard "hello"'),
    '09:05:07  host     Function.hear.User: heard "hello"',
  ],
  ['JSON without a message', 'host', '{"ready":true}', '09:05:07  host     {"ready":true}'],
  ['broken JSON', 'host', '{"message":', '09:05:07  host     {"message":'],
  ['what Azurite says of its services', 'storage', 'Azurite Blob service is closing...', undefined],
  ['an empty line', 'storage', '', undefined],
  [
    'other text is never cut',
    'stack',
    `host died (${'x'.repeat(120)})`,
    `09:05:07  stack    host died (${'x'.repeat(120)})`,
  ],
])('%s', (_, origin, line, shown) => {
  expect(formatLine(at, origin, line, plain)).toBe(shown);
});

test.each<[LogOrigin, string]>([
  ['host', JSON.stringify(stage)],
  ['host', host('info', 'Function.cart', 'Executing')],
  ['storage', 'Azurite Blob service is closing...'],
])('with --verbose everything is shown, whole: %s %s', (origin, line) => {
  expect(formatLine(at, origin, line, { ...plain, verbose: true })).toBe(`09:05:07  ${origin.padEnd(7)}  ${line}`);
});

test('colours change no character and no cut', () => {
  const line = JSON.stringify({ ...stage, outcome: 'reject', note: 'x '.repeat(80) });
  const painted = formatLine(at, 'host', line, { ...plain, paint: ansiPaint }) ?? '';
  expect(painted).toContain('\u001b[31mreject     \u001b[0m');
  expect(stripVTControlCharacters(painted)).toBe(formatLine(at, 'host', line, plain));
});
