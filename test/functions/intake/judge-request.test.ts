import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeRequest } from '#functions/intake/judge-request';
import { aRequester, CUSTOMER } from '#test/support/builders';

const good = { customerId: CUSTOMER, lines: [{ productId: 'DZH318Z0CSA1', skuId: '0001', quantity: 5 }] };
const line = good.lines[0];
const read = (value: unknown) => judgeRequest(Buffer.from(JSON.stringify(value)), aRequester());

test('a request with one line is read, with its defaults', () => {
  expect(read(good)).toMatchObject({ request: { schemaVersion: 1, lines: [{ segment: 'commercial' }] } });
});

test.each<[string, unknown, string]>([
  ['quantity 0', { ...good, lines: [{ ...line, quantity: 0 }] }, 'lines.0.quantity'],
  ['a negative quantity', { ...good, lines: [{ ...line, quantity: -1 }] }, 'lines.0.quantity'],
  ['half a licence', { ...good, lines: [{ ...line, quantity: 1.5 }] }, 'lines.0.quantity'],
  ['a quantity in quotes', { ...good, lines: [{ ...line, quantity: '1' }] }, 'lines.0.quantity'],
  ['2^53 + 1 licences', { ...good, lines: [{ ...line, quantity: Number('9007199254740993') }] }, 'lines.0.quantity'],
  ['no lines', { ...good, lines: [] }, 'lines'],
  ['51 lines', { ...good, lines: Array(51).fill(line) }, 'lines'],
  ['no customer', { lines: good.lines }, 'customerId'],
  ['a customer that is no GUID', { ...good, customerId: '../x' }, 'customerId'],
  ['a product id that is a path', { ...good, lines: [{ ...line, productId: '../carts' }] }, 'lines.0.productId'],
  ['a term that is no duration', { ...good, lines: [{ ...line, termDuration: '1 year' }] }, 'lines.0.termDuration'],
  ['an unknown billing cycle', { ...good, lines: [{ ...line, billingCycle: 'weekly' }] }, 'lines.0.billingCycle'],
  ['a state of its own', { ...good, status: 'completed' }, '(whole)'],
  ['a price', { ...good, lines: [{ ...line, price: 1 }] }, 'lines.0'],
  ['another schema version', { ...good, schemaVersion: 2 }, 'schemaVersion'],
  ['a reference with a newline', { ...good, reference: 'a\nb' }, 'reference'],
  [
    '21 metadata entries',
    { ...good, metadata: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`k${i}`, 'v'])) },
    'metadata',
  ],
  ['a limit that is a float', { ...good, limits: { amount: { value: 10.5, currency: 'EUR' } } }, 'limits.amount.value'],
  ['a limit without a currency', { ...good, limits: { amount: { value: '10' } } }, 'limits.amount.currency'],
  ['a country in words', { ...good, country: 'Germany' }, 'country'],
  ['a dry run in words', { ...good, dryRun: 'yes' }, 'dryRun'],
  [
    'an availability id that is a path',
    { ...good, lines: [{ ...line, availabilityId: '../x' }] },
    'lines.0.availabilityId',
  ],
  [
    'a catalogue item of four parts',
    { ...good, lines: [{ ...line, catalogItemId: 'a:b:c:d' }] },
    'lines.0.catalogItemId',
  ],
  ['an array', [good], '(whole)'],
  ['null', null, '(whole)'],
])('a request with %s is rejected and the field is named', (_what, value, field) => {
  expect(read(value)).toMatchObject({
    reason: 'invalid-request',
    problems: expect.arrayContaining([expect.objectContaining({ field })]),
  });
});

test.each<[string, string, string]>([
  ['two quantities', JSON.stringify(good).replace('"quantity":5', '"quantity":1,"quantity":9'), 'lines.0.quantity'],
  [
    'the same value twice',
    JSON.stringify(good).replace('"quantity":5', '"quantity":5,"quantity":5'),
    'lines.0.quantity',
  ],
  [
    'a name that is escaped',
    JSON.stringify(good).replace('"quantity":5', '"quantity":5,"\\u0071uantity":5'),
    'lines.0.quantity',
  ],
  ['two customers', `{"customerId":"${CUSTOMER}",${JSON.stringify(good).slice(1)}`, 'customerId'],
  [
    'two names in its metadata',
    JSON.stringify({ ...good, metadata: { a: '1' } }).replace('"a":"1"', '"a":"1","a":"2"'),
    'metadata.a',
  ],
  [
    'a prototype in its metadata',
    JSON.stringify({ ...good, metadata: { a: '1' } }).replace('"a"', '"__proto__"'),
    'metadata.__proto__',
  ],
  ['a prototype', `{"__proto__":{"dryRun":true},${JSON.stringify(good).slice(1)}`, '__proto__'],
  [
    'an endless duration',
    JSON.stringify({ ...good, lines: [{ ...line, termDuration: `P${'1Y'.repeat(50_000)}` }] }),
    'lines.0.termDuration',
  ],
  [
    'an endless date',
    JSON.stringify({ ...good, lines: [{ ...line, customTermEndDate: `2027-01-01T00:00:00.${'0'.repeat(1000)}Z` }] }),
    'lines.0.customTermEndDate',
  ],
])('a request with %s is rejected by the name of the member', (_what, text, field) => {
  expect(judgeRequest(Buffer.from(text), aRequester())).toMatchObject({
    reason: 'invalid-request',
    problems: [{ field, message: expect.stringMatching(/\w/) }],
  });
});

test('texts that look like members, and the same name in two objects, are no members twice', () => {
  const text = '{"quantity":1,"quantity":2}';
  const twice = { ...good, reference: text, metadata: { a: text, b: '\\"a":' }, lines: [line, line] };
  expect(read(twice)).toMatchObject({ kind: 'valid', request: { metadata: { a: text, b: '\\"a":' } } });
});

test('what is wrong is named in bounded words, however much of it there is', () => {
  const names = Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`${'x'.repeat(1000)} ${at}`, 'v']));
  const judged = read({ ...good, metadata: names });
  expect(JSON.stringify(judged).length).toBeLessThan(40_000);
  expect(judged).toMatchObject({ problems: expect.arrayContaining([{ field: '(more)', message: expect.anything() }]) });
});

test.each<[string, Buffer]>([
  ['nothing', Buffer.alloc(0)],
  ['half a document', Buffer.from('{"customerId":')],
  ['UTF-16', Buffer.from('{}', 'utf16le')],
  ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22])],
])('%s is not JSON', (_what, bytes) => {
  expect(judgeRequest(bytes, aRequester())).toMatchObject({ reason: 'not-json' });
});

test('a requester buys only for its own customers', () => {
  const stranger = aRequester({ customers: ['5f1c6a77-93b8-4f0a-8a8e-7c2f8f3b2c02'] });
  expect(judgeRequest(Buffer.from(JSON.stringify(good)), stranger)).toMatchObject({
    problems: [{ field: 'customerId' }],
  });
});

test('whatever the bytes are, reading them ends in an answer', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        const answer = judgeRequest(bytes, aRequester());
        return answer.kind === 'valid' || answer.problems.length > 0;
      },
    ),
  );
});
