import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { chance } from '#model/chance';
import { withKnownNames } from '#wire/known-names';
import { Query } from '#wire/query';
import { pagePieces } from '#line-items/page-pieces';
import { share } from '#line-items/share';
import { decimalText } from '#wire/money';
import { orderGroups } from '#rules/order-groups';
import { termEnd } from '#rules/term-end';
import { readCommandLine } from '#command-line';
import { Throttle } from '#model/throttle';

const lineArbitrary = fc.record({
  catalogItemId: fc.constantFrom('A:1:X', 'B:2:Y', 'MS-AZR-0145P', '91fd106f-4b2c-4938-95ac-f54f74e9a239'),
  billingCycle: fc.constantFrom('monthly', 'annual', 'one_time'),
  currencyCode: fc.constantFrom('EUR', 'USD'),
});

test('two lines share an order group exactly when system, billing cycle and currency agree', () => {
  fc.assert(
    fc.property(fc.array(lineArbitrary, { maxLength: 12 }), (lines) => {
      const groups = orderGroups(lines, false);
      const key = (line: (typeof lines)[number]) =>
        `${line.catalogItemId.includes(':')} ${line.billingCycle} ${line.currencyCode}`;
      for (const [a, one] of lines.entries()) {
        for (const [b, other] of lines.entries()) expect(groups[a] === groups[b]).toBe(key(one) === key(other));
      }
    }),
  );
});

test('order groups are numbered without gaps, the older system apart', () => {
  fc.assert(
    fc.property(fc.array(lineArbitrary, { maxLength: 12 }), fc.boolean(), (lines, everyLine) => {
      const names = [...new Set(orderGroups(lines, everyLine))];
      const older = names.filter((name) => name.startsWith('OMS-'));
      const newer = names.filter((name) => !name.startsWith('OMS-'));
      expect(older).toEqual(older.map((_, index) => `OMS-${index}`));
      expect(newer).toEqual(newer.map((_, index) => `${index}`));
    }),
  );
});

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

test.each([
  [0, '0'],
  [5, '0.05'],
  [1440, '14.4'],
  [72_000, '720'],
  [-207_663, '-2076.63'],
])('%i hundredths are written %s', (cents, text) => {
  expect(decimalText(cents)).toBe(text);
});

test.each([
  ['P1M', '2026-03-01T00:00:00.000Z'],
  ['P1Y', '2027-02-01T00:00:00.000Z'],
  ['P3Y', '2029-02-01T00:00:00.000Z'],
])('a term of %s from February ends %s', (duration, end) => {
  expect(new Date(termEnd(Date.UTC(2026, 1, 1), duration)).toISOString()).toBe(end);
});

test('the same seed gives the same chances, all from 0 up to 1', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const [one, other] = [chance(seed), chance(seed)];
      const drawn = Array.from({ length: 50 }, () => one());
      expect(Array.from({ length: 50 }, () => other())).toEqual(drawn);
      expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
    }),
  );
});

test('member names are understood in any case, values are left alone', () => {
  expect(
    withKnownNames({ LINEITEMS: [{ catalogitemid: 'Ab', ProvisioningContext: { SubscriptionID: 'X' } }], Odd: 1 }),
  ).toEqual({
    lineItems: [{ catalogItemId: 'Ab', provisioningContext: { subscriptionId: 'X' } }],
    odd: 1,
  });
});

test('query names count in any case, and a second question mark is an ampersand', () => {
  const query = new Query('Size=2?SEEKOPERATION=Next&currencycode=usd');
  expect([query.get('size'), query.word('seekOperation'), query.get('currencyCode')]).toEqual(['2', 'next', 'usd']);
});

test('a bucket lets so many through a minute, and whoever waits as long as it says is let through', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.nat(5000), { maxLength: 60 }), (perMinute, pauses) => {
      const throttle = new Throttle();
      const burst = (at: number) => Array.from({ length: perMinute + 1 }, () => throttle.take('a', perMinute, at));
      expect(burst(0).filter((seconds) => seconds === 0)).toHaveLength(perMinute);
      let now = 0;
      for (const pause of pauses) throttle.take('a', perMinute, (now += pause));
      const seconds = burst(now).at(-1) ?? 0;
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
      expect(throttle.take('a', perMinute, now + seconds * 1000)).toBe(0);
      expect(throttle.take('b', perMinute, now)).toBe(0);
    }),
  );
});

test('the command line has a default for everything, and refuses what it does not know', () => {
  expect(readCommandLine([])).toMatchObject({
    port: 7072,
    dataDir: '.data/partner-center',
    settings: { orderDelaySeconds: 2 },
  });
  expect(readCommandLine(['--order-delay-seconds', '0.5', '--request-memory', 'off', '--port', '0'])).toMatchObject({
    port: 0,
    settings: { orderDelaySeconds: 0.5, requestMemory: false },
  });
  expect(() => readCommandLine(['--no-such-thing', '1'])).toThrow('no-such-thing');
  expect(() => readCommandLine(['--list-lag-seconds', 'long'])).toThrow(/^--list-lag-seconds: .*expected number/);
  expect(() => readCommandLine(['--https-port', '99999'])).toThrow(/^--https-port: Too big/);
});
