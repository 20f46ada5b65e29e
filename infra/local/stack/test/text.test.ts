import { expect, test } from '@jest/globals';
import { ansiPaint, paintFor, plainPaint } from '#text/paint';
import { shortIds } from '#text/short-ids';
import { stageLines } from '#text/stage-columns';
import { wrap } from '#text/wrap';

test.each([
  ['cart 4e434664-04e2-44d6-86ad-0ed160fb63a2, paid', 'cart 4e434664, paid'],
  ['group 0: order BGoU84Ph98Gz8-s2k6Bf2VkybOma6ABn1', 'group 0: order BGoU84Ph'],
  ['5 x DZH318Z0CSA1:0001:DZH3PQWNQAMB', '5 x DZH318Z0CSA1:0001:DZH3PQWNQAMB'],
  ['/api/purchases/4E434664-04E2-44D6-86AD-0ED160FB63A2', '/api/purchases/4E434664'],
])('the ids of "%s" are shortened', (text, short) => {
  expect(shortIds(text)).toBe(short);
});

test.each([
  ['short', ['short']],
  ['', ['']],
  ['market DE; line 1: five; line 2: two', ['market DE; line 1: five;', 'line 2: two']],
  ['no semicolon to break behind here', ['no semicolon to break', 'behind here']],
  ['a-word-that-is-much-longer-than-a-line so it is', ['a-word-that-is-much-longer-than-a-line', 'so it is']],
])('"%s" is wrapped', (text, lines) => {
  expect(wrap(text, 25)).toEqual(lines);
});

test('a step of a stage whose note is long goes on below the note', () => {
  const step = {
    stage: 'discovery',
    attempt: 1,
    outcome: 'advance',
    milliseconds: 12.34,
    note: `${'a'.repeat(60)}; b`,
  };
  expect(stageLines(step, plainPaint, 'CRM  ')).toEqual([
    `CRM  discovery     advance        12.3 ms  ${'a'.repeat(8)}; b`,
  ]);
  const words = { ...step, note: 'word '.repeat(20).trim() };
  expect(stageLines(words, plainPaint, 'CRM  ')).toEqual([
    `CRM  discovery     advance        12.3 ms  ${'word '.repeat(13).trim()}`,
    `${' '.repeat(43)}${'word '.repeat(7).trim()}`,
  ]);
});

test.each([
  [true, {}, ansiPaint],
  [false, {}, plainPaint],
  [undefined, {}, plainPaint],
  [true, { TERM: 'dumb' }, plainPaint],
  [true, { NO_COLOR: '1' }, plainPaint],
  [true, { NO_COLOR: '' }, ansiPaint],
  [false, { FORCE_COLOR: '1' }, ansiPaint],
  [false, { FORCE_COLOR: '' }, ansiPaint],
  [true, { FORCE_COLOR: '0' }, plainPaint],
  [true, { FORCE_COLOR: 'false' }, plainPaint],
  [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, ansiPaint],
])('a stream with isTTY %j in the environment %j has its colours', (isTTY, env, paint) => {
  expect(paintFor({ isTTY }, env)).toBe(paint);
});
