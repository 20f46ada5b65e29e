import { expect, test } from '@jest/globals';
import { buildQuestions } from '#functions/inventory/build-questions';
import { judgeInventory } from '#functions/inventory/judge-inventory';
import { aPurchase, aRequest, anOffer, AZURE_SUBSCRIPTION, CUSTOMER } from '#test/support/builders';

const free = { productId: 'DZH318Z0CSA1', skuId: '0001', isRestricted: false, restrictions: [] };

test('items that are not restricted go on to the cart', () => {
  expect(judgeInventory([{ offers: [anOffer()], items: [free] }])).toMatchObject({ kind: 'advance', next: 'cart' });
});

test('a restricted item rejects the purchase and tells why', () => {
  const items = [{ ...free, isRestricted: true, restrictions: [{ description: 'Not in japanwest', properties: {} }] }];
  expect(judgeInventory([{ offers: [anOffer()], items }])).toMatchObject({
    kind: 'reject',
    reason: { message: expect.stringContaining('Not in japanwest') },
  });
});

test('an item that is missing from the answer counts as not available', () => {
  expect(judgeInventory([{ offers: [anOffer()], items: [] }])).toMatchObject({ kind: 'reject' });
});

const twoRegions = aPurchase({
  country: 'DE',
  request: aRequest([{ azureSubscriptionId: AZURE_SUBSCRIPTION }, { azureSubscriptionId: AZURE_SUBSCRIPTION }, {}]),
  offers: [
    anOffer({ lineId: '1', inventoryVariables: ['customerId', 'armRegionName'], armRegionName: 'westeurope' }),
    anOffer({ lineId: '2', inventoryVariables: [], armRegionName: 'westeurope' }),
    anOffer({ lineId: '3' }),
  ],
});

test('only offers that need it are asked for, with the variables their SKU names', () => {
  expect(buildQuestions(twoRegions).map(({ question }) => question.inventoryContext)).toEqual([
    { customerId: CUSTOMER, armRegionName: 'westeurope' },
    // A SKU that requires the check without naming variables gets everything that is known.
    { customerId: CUSTOMER, azureSubscriptionId: AZURE_SUBSCRIPTION, armRegionName: 'westeurope' },
  ]);
});

test('offers with the same context are asked for in one call', () => {
  const same = {
    ...twoRegions,
    offers: (twoRegions.offers ?? []).map((offer) => ({ ...offer, inventoryVariables: ['customerId'] })),
  };
  expect(buildQuestions(same).map(({ offers }) => offers.length)).toEqual([3]);
});
