import { isDeepStrictEqual } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fingerprint } from '#shared/domain/fingerprint';
import { purchaseIdOf, uuidV5 } from '#shared/domain/ids';

test('version 5 ids are those of RFC 9562, appendix A.4', () => {
  expect(uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
    '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  );
});

test('the id of a purchase never changes, whatever was sent as request id', () => {
  expect(purchaseIdOf('contoso-crm', 'crm-request-1')).toBe('27ecc13a-e20b-581f-9edd-b932fd86fb32');
  expect(purchaseIdOf('contoso-crm', 'half a pair \ud800')).toMatch(
    /^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
  );
});

test('the same request of the same requester is the same purchase, and of another requester another', () => {
  expect(purchaseIdOf('crm', 'request-1')).toBe(purchaseIdOf('crm', 'request-1'));
  expect(purchaseIdOf('crm', 'request-1')).not.toBe(purchaseIdOf('erp', 'request-1'));
});

test('requester and request id never run together: no two pairs share an id', () => {
  const pair = fc.tuple(fc.string(), fc.string());
  fc.assert(
    fc.property(pair, pair, (a, b) => (a[0] === b[0] && a[1] === b[1]) === (purchaseIdOf(...a) === purchaseIdOf(...b))),
  );
});

/** The same value with the members of every object in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]): [string, unknown] => [name, turned(member)]);
  return Object.fromEntries(members.toReversed());
}

test('a fingerprint does not depend on the order in which members were written, at any depth', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => fingerprint(value) === fingerprint(turned(value))));
});

test('a fingerprint is that of one content only: other values, names, or order of a list give another', () => {
  const content = fc.jsonValue({ maxDepth: 2 });
  fc.assert(
    fc.property(content, content, (a, b) => {
      const isSame = isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
      expect(fingerprint(a) === fingerprint(b)).toBe(isSame);
      expect(fingerprint([a, b]) === fingerprint([b, a])).toBe(isSame);
      expect(fingerprint([a, b])).not.toBe(fingerprint({ 0: a, 1: b }));
      expect(fingerprint({ a })).not.toBe(fingerprint({ b: a }));
      expect(fingerprint({ a: { b } })).not.toBe(fingerprint({ a: {}, b }));
    }),
  );
});
