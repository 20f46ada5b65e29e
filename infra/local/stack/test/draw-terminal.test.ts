import { expect, test } from '@jest/globals';
import { drawTerminal } from '#picture/draw-terminal';
import { readAnsi } from '#picture/read-ansi';
import { ansiPaint } from '#text/paint';

test('a line is split into its styles', () => {
  expect(readAnsi(`a ${ansiPaint('green', 'b')} c`)).toEqual([
    { text: 'a ', code: 0 },
    { text: 'b', code: 32 },
    { text: ' c', code: 0 },
  ]);
});

test('each run of text is placed by its column and stretched to its width, whatever the font', () => {
  const svg = drawTerminal('try', ['', `one two   ${ansiPaint('red', '<&>')}`]);
  expect(svg).toContain('<text x="38" y="74" textLength="58.8">one two</text>');
  expect(svg).toContain('<text class="c31" x="122" y="74" textLength="25.2">&lt;&amp;&gt;</text>');
  expect(svg).toContain('height="100"');
});

test('the same lines make the same picture', () => {
  expect(drawTerminal('try', ['a'])).toBe(drawTerminal('try', ['a']));
});
