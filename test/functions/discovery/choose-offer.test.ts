import { expect, test } from '@jest/globals';
import { chooseOffer } from '#functions/discovery/choose-offer';
import { placedLines } from '#shared/domain/purchase-request';
import type { Availability, Sku } from '#shared/partner-center/catalog';
import { aRequest, aSku, aTerm, anAvailability, AZURE_SUBSCRIPTION } from '#test/support/builders';

const asked = { billingCycle: 'monthly', termDuration: 'P1Y' };

function choose(wish: Record<string, unknown>, availabilities: Partial<Availability>[] = [{}], sku: Partial<Sku> = {}) {
  const [placed] = placedLines(aRequest([wish]));
  if (!placed) throw new Error('a request has at least one line');
  return chooseOffer(placed.lineId, placed.line, 'DE', aSku(sku), availabilities.map(anAvailability));
}

test('the availability that fits country, segment, currency, term and billing cycle is chosen', () => {
  expect(choose(asked)).toMatchObject({
    offer: { catalogItemId: 'DZH318Z0CSA1:0001:AV1', termDuration: 'P1Y', currencyCode: 'EUR' },
  });
});

test('among several availabilities the first that fits is taken, not the first', () => {
  const choice = choose({ ...asked, currencyCode: 'USD' }, [
    {},
    { id: 'AV2', catalogItemId: 'P:S:AV2', defaultCurrency: { code: 'USD' } },
  ]);
  expect(choice).toMatchObject({ offer: { catalogItemId: 'P:S:AV2' } });
});

test('what has one term and one billing cycle needs neither named', () => {
  expect(choose({}, [{}], { supportedBillingCycles: ['monthly'] })).toMatchObject({
    offer: { termDuration: 'P1Y', billingCycle: 'monthly' },
  });
});

test('perpetual software has no term, and none is sent', () => {
  const choice = choose({ billingCycle: 'one_time' }, [{ terms: [] }], { supportedBillingCycles: ['one_time'] });
  expect(choice).toHaveProperty('offer');
  expect(choice).not.toHaveProperty('offer.termDuration');
});

test('a SKU that asks for the inventory check takes its variables along, even when it names none', () => {
  const choice = choose(asked, [{}], { purchasePrerequisites: ['inventory_check'] });
  expect(choice).toMatchObject({ offer: { inventoryVariables: [] } });
});

test('a prerequisite that is new to us does not stand in the way', () => {
  expect(choose(asked, [{}], { purchasePrerequisites: ['something_new'] })).toHaveProperty('offer');
});

const reservation = { purchasePrerequisites: ['azure_subscription_registration'] };

test('a reservation with its Azure subscription needs registration', () => {
  expect(choose({ ...asked, azureSubscriptionId: AZURE_SUBSCRIPTION }, [{}], reservation)).toMatchObject({
    offer: { needsRegistration: true },
  });
});

test.each<[string, Record<string, unknown>, Partial<Availability>[], Partial<Sku>, string]>([
  ['is not purchasable', asked, [{ isPurchasable: false }], {}, 'no-availability'],
  ['belongs to another country', asked, [{ country: 'US' }], {}, 'no-availability'],
  ['belongs to another segment', asked, [{ segment: 'education' }], {}, 'no-availability'],
  ['has another currency', { ...asked, currencyCode: 'CHF' }, [{}], {}, 'no-availability'],
  ['lacks the term', { ...asked, termDuration: 'P3Y' }, [{}], {}, 'no-availability'],
  ['bills the term otherwise', asked, [{ terms: [aTerm('P1Y', 'annual')] }], {}, 'no-availability'],
  [
    'has several terms and none was named',
    { billingCycle: 'monthly' },
    [{ terms: [aTerm('P1Y'), aTerm('P3Y')] }],
    {},
    'no-availability',
  ],
  ['has no term but one was named', asked, [{ terms: [] }], {}, 'no-availability'],
  ['does not exist', asked, [], {}, 'no-availability'],
  ['has a SKU billed otherwise', { ...asked, billingCycle: 'one_time' }, [{}], {}, 'billing-cycle'],
  ['has several billing cycles and none was named', { termDuration: 'P1Y' }, [{}], {}, 'billing-cycle'],
  ['is sold in larger quantities', asked, [{}], { minimumQuantity: 6 }, 'quantity-out-of-range'],
  ['is sold in smaller quantities', asked, [{}], { maximumQuantity: 4 }, 'quantity-out-of-range'],
  ['is a reservation without a subscription', asked, [{}], reservation, 'azure-subscription-missing'],
])('an availability that %s is not chosen, and the reason says so', (_what, wish, availabilities, sku, code) => {
  expect(choose(wish, availabilities, sku)).toMatchObject({ rejection: { code, advice: expect.stringMatching(/./) } });
});
