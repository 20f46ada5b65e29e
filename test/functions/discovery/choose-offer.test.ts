import { expect, test } from '@jest/globals';
import { chooseOffer, type CatalogueEntry } from '#functions/discovery/choose-offer';
import { classifyItem } from '#functions/discovery/classify-item';
import { placedLines } from '#shared/domain/purchase-request';
import type { Market } from '#functions/discovery/judge-market';
import type { Availability, Product, Sku } from '#shared/partner-center/resources/catalogue';
import { aProduct, aRequest, aSku, aTerm, anAvailability, AZURE_SUBSCRIPTION } from '#test/support/builders';

const asked = { billingCycle: 'monthly', termDuration: 'P1Y' };

const germany: Market = { country: 'DE', unavailable: new Set(['BR']), perpetualSoftwareQualified: true };

function choose(
  wish: Record<string, unknown>,
  availabilities: Partial<Availability>[] = [{}],
  sku: Partial<Sku> = {},
  product: Product = aProduct(),
  market: Partial<Market> = {},
) {
  const [placed] = placedLines(aRequest([wish]));
  if (!placed) throw new Error('a request has at least one line');
  const entry: CatalogueEntry = {
    kind: 'sold',
    product,
    sku: aSku(sku),
    availabilities: availabilities.map(anAvailability),
  };
  return chooseOffer(placed.lineId, placed.line, entry, { ...germany, ...market });
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

test.each<[string, Record<string, unknown>, Partial<Availability>, RegExp]>([
  ['term', { billingCycle: 'monthly' }, { terms: [aTerm('P3Y')] }, /AV1: fits with P1Y, EUR; AV2: fits with P3Y, EUR/],
  ['currency', asked, { defaultCurrency: { code: 'USD' } }, /AV1: fits with P1Y, EUR; AV2: fits with P1Y, USD/],
])('between availabilities that fit and differ in %s nothing is guessed', (_what, wish, other, words) => {
  const two = [{}, { id: 'AV2', catalogItemId: 'P:S:AV2', ...other }];
  expect(choose(wish, two)).toMatchObject({
    rejection: {
      code: 'ambiguous',
      message: expect.stringMatching(words),
      advice: expect.stringContaining('termDuration'),
    },
  });
  expect(choose({ ...wish, availabilityId: 'AV2' }, two)).toHaveProperty('offer');
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

test('exactly the availability that was named is taken, by its id or by that of its catalogue item', () => {
  const two = [{}, { id: 'AV2', catalogItemId: 'P:S:AV2' }];
  const second = {
    offer: { catalogItemId: 'P:S:AV2' },
    note: expect.stringContaining('not AV1: another one was asked for'),
  };
  expect(choose({ ...asked, availabilityId: 'AV2' }, two)).toMatchObject(second);
  expect(choose({ ...asked, catalogItemId: 'P:S:AV2' }, two)).toMatchObject(second);
});

test('an availability that was named and is not there rejects the line with those that are', () => {
  expect(choose({ ...asked, availabilityId: 'AV0' })).toMatchObject({
    rejection: { code: 'availability-not-found', message: expect.stringMatching(/AV0.*DZH318Z0CSA1:0001:AV1/) },
  });
});

test('an availability that was named and does not fit is not replaced by one that does', () => {
  const two = [{}, { id: 'AV2', catalogItemId: 'P:S:AV2', isPurchasable: false }];
  expect(choose({ ...asked, availabilityId: 'AV2' }, two)).toMatchObject({
    rejection: { code: 'no-availability', message: expect.stringContaining('AV2: not purchasable') },
  });
});

test('the note of a choice says why each other availability was not chosen', () => {
  const others = [{ id: 'AV0', segment: 'education' }, {}, { id: 'AV2' }];
  expect(choose(asked, others)).toMatchObject({
    note: 'line 1: 5 x DZH318Z0CSA1:0001:AV1 (P1Y, monthly, EUR), not AV0: segment education; AV2: fits too, the first was taken',
  });
});

const software = (subType?: string) => aProduct('Software', subType);
const perpetual = { terms: [] };

test.each<[string, Product, Partial<Sku>, Partial<Availability>, string]>([
  ['the prerequisite of a reservation', aProduct('Azure', 'VirtualMachines'), reservation, {}, 'reservation'],
  ['its sub type', software('SoftwareSubscriptions'), {}, {}, 'software-subscription'],
  ['its sub type', software('PerpetualSoftware'), {}, perpetual, 'perpetual-software'],
  ['its sub type', aProduct('Azure', 'SaaS'), {}, {}, 'saas'],
  ['the terms that only a subscription has', software(), {}, {}, 'software-subscription'],
  ['the terms that perpetual software never has', software(), {}, perpetual, 'perpetual-software'],
  ['nothing special', aProduct('Azure', 'VirtualMachines'), {}, {}, 'other'],
  ['no product type at all', { id: 'P', title: '', description: '' }, {}, {}, 'other'],
])('by %s an item is known for what it is', (_what, product, sku, availability, kind) => {
  expect(classifyItem(product, aSku(sku), anAvailability(availability).terms.length > 0)).toBe(kind);
});

test.each<[string, Product, Partial<Sku>, Partial<Market>, string | undefined]>([
  ['a software subscription where it is sold', software('SoftwareSubscriptions'), {}, {}, undefined],
  [
    'a software subscription where it is not',
    software('SoftwareSubscriptions'),
    {},
    { country: 'BR' },
    'market-unavailable',
  ],
  ['a reservation where it is not sold', aProduct('Azure'), reservation, { country: 'BR' }, 'market-unavailable'],
  ['marketplace SaaS in such a market', aProduct('Azure', 'SaaS'), {}, { country: 'BR' }, undefined],
  ['a licence in such a market', aProduct(), {}, { country: 'BR' }, undefined],
  ['perpetual software in such a market', software('PerpetualSoftware'), {}, { country: 'BR' }, undefined],
  [
    'perpetual software from a partner who is not qualified',
    software('PerpetualSoftware'),
    {},
    { perpetualSoftwareQualified: false },
    'partner-not-qualified',
  ],
  [
    'a software subscription from a partner who is not qualified',
    software('SoftwareSubscriptions'),
    {},
    { perpetualSoftwareQualified: false },
    undefined,
  ],
])('%s: the market has the word', (_what, product, sku, market, code) => {
  const wish = { ...asked, azureSubscriptionId: AZURE_SUBSCRIPTION };
  const choice = choose(wish, [{ country: market.country ?? 'DE' }], sku, product, market);
  if (code === undefined) expect(choice).toHaveProperty('offer');
  else expect(choice).toMatchObject({ rejection: { code, advice: expect.stringMatching(/./) } });
});

test('what the catalogue of a market does not have is rejected with market, item and the code that Partner Center gave', () => {
  const [placed] = placedLines(aRequest([asked]));
  if (!placed) throw new Error('a request has at least one line');
  expect(
    chooseOffer('1', placed.line, { kind: 'not-sold', code: '400013' }, { ...germany, country: 'BR' }),
  ).toMatchObject({
    rejection: {
      code: '400013',
      message: 'Line 1: DZH318Z0CSA1/0001 is not in the catalogue of BR.',
      advice: expect.stringContaining('reservations are not sold in BR'),
    },
  });
});
