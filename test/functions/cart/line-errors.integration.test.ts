import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { judgeLineErrors } from '#functions/cart/judge-line-errors';
import { lookUpCartLineError } from '#shared/partner-center/errors/cart-line-errors';
import { purchaseRequest } from '#shared/domain/purchase-request';
import { aPurchase } from '#test/support/builders';
import { Machine } from '#test/support/machine';
import { oneLine } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';

/** Every error code of a cart's line: what it means for a purchase, decided and played through. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterAll(() => sandbox.stop());

type Meaning = 'reject' | 'hold' | 'read again';

const CODES: [name: string, code: number, meaning: Meaning, advice: RegExp][] = [
  ['Unknown', 0, 'hold', /look at the line/],
  ['CurrencyIsNotSupported', 10000, 'reject', /currency/],
  ['CatalogItemIdIsNotValid', 10001, 'read again', /ask for another item/],
  ['QuotaNotAvailable', 10002, 'hold', /quota.*resume/],
  ['InventoryNotAvailable', 10003, 'hold', /out of stock; resume/],
  ['ParticipantsIsNotSupportedForPartner', 10004, 'reject', /direct-bill/],
  ['UnableToProcessCartLineItem', 10006, 'hold', /resume/],
  ['SubscriptionIsNotValid', 10007, 'reject', /Azure subscription/],
  ['SubscriptionIsNotEnabledForRI', 10008, 'reject', /Reservations/],
  ['SandboxLimitExceeded', 10009, 'hold', /cancel old orders/],
  ['InvalidInput', 10010, 'reject', /quantity, term or provisioning/],
  ['SubscriptionNotRegistered', 10011, 'hold', /Register.*resume/],
  ['AttestationNotAccepted', 10012, 'reject', /attestation/],
  ['BillingPlanNotSupported', 10013, 'reject', /billing cycle/],
  ['InvalidPromotionId', 10014, 'reject', /promotion/],
  ['MaxAllowedSeatsPerSubscriptionExceeded', 10015, 'reject', /more than a subscription may hold/],
  ['InvalidCustomTermEndDateProduct', 10016, 'reject', /end of the term/],
  ['InvalidCustomTermEndDate', 10017, 'reject', /end of the term/],
  ['BaseOfferSeatQuantityNotMet', 10018, 'reject', /base offer/],
  ['MinimumAddOnSeatsNotMet', 10019, 'reject', /add-on needs more seats/],
  ['LegacyOfferNotEligibleForPurchase', 500600, 'reject', /no longer sold/],
];

const line = { catalogItemId: 'P:S:A', quantity: 5, provisioningContext: {}, participants: [], addonItems: [], id: 0 };

test.each(CODES)('%s (%d) at the cart means: %s', (name, code, meaning, advice) => {
  const purchase = aPurchase({ stage: 'cart', attempts: { discovery: 1, cart: 1 } });
  const expected =
    meaning === 'read again'
      ? { kind: 'advance', next: 'discovery', changes: { offers: undefined, cart: undefined } }
      : { kind: meaning, reason: { advice: expect.stringMatching(advice) } };
  // As digits, and as names in either spelling that Partner Center uses.
  for (const errorCode of [`${code}`, name, name.replaceAll(/(?<=[a-z])([A-Z])/g, '_$1').toLowerCase()]) {
    expect(judgeLineErrors(purchase, [{ ...line, error: { errorCode } }])).toMatchObject(expected);
  }
});

test.each(CODES)(
  'a purchase that meets %s (%d) buys nothing, whose outcome is: %s',
  async (_name, code, meaning, advice) => {
    const wish = oneLine('DZH318Z0CSA1', '0001', {
      termDuration: 'P1M',
      billingCycle: 'monthly',
      friendlyName: `sandbox:line-error:${code}`,
    });
    const { stored, history } = await new Machine(sandbox).buy(purchaseRequest.parse(wish));
    expect(stored.purchase).toMatchObject({
      status: meaning === 'reject' ? 'rejected' : 'held',
      stage: 'cart',
      reason: { code: `${code}`, message: expect.stringContaining('Line 1'), advice: expect.stringMatching(advice) },
    });
    expect(history.filter(({ stage }) => stage === 'discovery')).toHaveLength(meaning === 'read again' ? 2 : 1);
    expect(await sandbox.orders()).toEqual([]);
  },
);

test('a code that is new to us is held, never rejected or bought', () => {
  expect(judgeLineErrors(aPurchase({ stage: 'cart' }), [{ ...line, error: { errorCode: '10099' } }])).toMatchObject({
    kind: 'hold',
    reason: { code: '10099' },
  });
});

test('a cart without errors is judged by nothing here', () => {
  expect(judgeLineErrors(aPurchase({ stage: 'cart' }), [line])).toBeUndefined();
});

test('every error code of a cart line that is known has its row here', () => {
  const codes = Array.from({ length: 1_000_000 }, (_, code) => `${code}`);
  const known = codes.filter((code) => lookUpCartLineError(code).name !== 'Unknown');
  const named = CODES.map(([, code]) => `${code}`).filter((code) => code !== '0');
  expect(known.toSorted()).toEqual(named.toSorted());
});
