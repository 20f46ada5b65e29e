import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { pagePieces } from '#line-items/page-pieces';
import { share } from '#line-items/share';

test('the shares of a total are the total, and differ by one hundredth at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 1, max: 500 }), (total, count) => {
      const shares = Array.from({ length: count }, (_, index) => share(total, index, count));
      expect(shares.reduce((sum, one) => sum + one, 0)).toBe(total);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }),
  );
});

test('a page of a million line items is made piece by piece, a hundred at a time', () => {
  let made = 0;
  const source = { count: 1_000_000, at: (index: number) => ({ index, made: (made += 1) }) };
  const pieces = pagePieces(source, 0, source.count, { continuationToken: undefined, links: {} });
  for (let taken = 0; taken < 4; taken += 1) pieces.next();
  expect(made).toBe(300);
});

test('the pieces of a page together are JSON with exactly its items', () => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(500), (from, length) => {
      const source = { count: 1000, at: (index: number) => ({ index }) };
      const pieces = [...pagePieces(source, from, from + length, { continuationToken: 'next', links: {} })];
      expect(JSON.parse(pieces.join(''))).toEqual({
        continuationToken: 'next',
        totalCount: length,
        items: Array.from({ length }, (_, step) => ({ index: from + step })),
        links: {},
        attributes: { objectType: 'Collection' },
      });
    }),
  );
});
