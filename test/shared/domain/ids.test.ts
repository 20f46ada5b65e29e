import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fingerprint } from '#shared/domain/fingerprint';
import { purchaseIdOf, uuidV5 } from '#shared/domain/ids';

test('version 5 ids are those of RFC 9562, appendix A.4', () => {
  expect(uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
    '2ed6657d-e927-568b-95e1-2665a8aea6a2',
  );
});

test('the same request of the same source is the same purchase, and of another source another', () => {
  expect(purchaseIdOf('crm', 'request-1')).toBe(purchaseIdOf('crm', 'request-1'));
  expect(purchaseIdOf('crm', 'request-1')).not.toBe(purchaseIdOf('erp', 'request-1'));
});

test('source and request id never run together: no two pairs share an id', () => {
  const pair = fc.tuple(fc.string(), fc.string());
  fc.assert(
    fc.property(pair, pair, (a, b) => (a[0] === b[0] && a[1] === b[1]) === (purchaseIdOf(...a) === purchaseIdOf(...b))),
  );
});

test('a fingerprint does not depend on the order in which members were written', () => {
  const shuffled = (value: Record<string, unknown>) => Object.fromEntries(Object.entries(value).toReversed());
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      (value) => fingerprint(value) === fingerprint(shuffled(value)),
    ),
  );
});

test('a fingerprint depends on every value and on the order of lists', () => {
  expect(fingerprint({ lines: [1, 2] })).not.toBe(fingerprint({ lines: [2, 1] }));
  expect(fingerprint({ quantity: 1 })).not.toBe(fingerprint({ quantity: 2 }));
});
