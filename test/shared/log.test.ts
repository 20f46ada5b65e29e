import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLog } from '#shared/log';

function lineOf(value: string): string {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  createLog({ info: write, warn: write, error: write })('warn', 'a message', { value });
  return lines.join('\n');
}

test('a value from a stranger stays one line, shows every character, and is read back as it was', () => {
  const nasty = fc.constantFrom('\n', '\u001b[31m', '\u009b', '\u2028', '\u202e', '\u200b', '\u{e0041}', '"', 'ä', '€');
  fc.assert(
    fc.property(fc.string({ unit: fc.oneof(nasty, fc.string()), maxLength: 50 }), (value) => {
      const line = lineOf(value);
      expect(line).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u);
      expect(JSON.parse(line)).toEqual({ level: 'warn', message: 'a message', value });
    }),
  );
});

test('a value of 100 kB is cut', () => {
  expect(lineOf('x'.repeat(100_000)).length).toBeLessThan(6000);
});
