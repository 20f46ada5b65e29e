import { expect, test } from '@jest/globals';
import { withKnownNames } from '#wire/known-names';
import { decimalText } from '#wire/money';
import { Query } from '#wire/query';

test.each([
  [0, '0'],
  [5, '0.05'],
  [1440, '14.4'],
  [72_000, '720'],
  [-207_663, '-2076.63'],
])('%i hundredths are written %s', (cents, text) => {
  expect(decimalText(cents)).toBe(text);
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
