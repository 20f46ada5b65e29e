import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cutText } from '#shared/domain/cut-text';

/** Text with many characters of two UTF-16 units. */
const text = fc.string({ unit: fc.constantFrom('a', 'ä', '😀', '𝒳') });

test('a cut text is the longest beginning that fits and holds no half of a character', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 12 }), (whole, longest) => {
      const cut = cutText(whole, longest);
      expect(whole.startsWith(cut)).toBe(true);
      expect(cut.length).toBeLessThanOrEqual(longest);
      expect(Buffer.from(cut).toString()).toBe(cut);
      const nextCharacter = String.fromCodePoint(whole.codePointAt(cut.length) ?? 0);
      expect(cut === whole || cut.length + nextCharacter.length > longest).toBe(true);
    }),
  );
});

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'abc'],
  ['ab😀', 3, 'ab'],
  ['ab😀', 4, 'ab😀'],
])('of "%s" the first %d units are "%s"', (whole, longest, cut) => {
  expect(cutText(whole, longest)).toBe(cut);
});
