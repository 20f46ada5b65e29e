import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildQuestions } from '#functions/inventory/build-questions';
import { judgeInventory } from '#functions/inventory/judge-inventory';
import { judgeVariables } from '#functions/inventory/judge-variables';
import type { Offer } from '#shared/domain/purchase';
import { anOffer, aPurchase, aRequest, AZURE_SUBSCRIPTION } from '#test/support/builders';

const skuId = fc.constantFrom('0001', '0002', '0003');
const names = fc.subarray(['customerId', 'azureSubscriptionId', 'armRegionName', 'newVariable']);
const checked = fc.record(
  { skuId, inventoryVariables: names, armRegionName: fc.constantFrom('westeurope', 'japanwest') },
  { requiredKeys: ['skuId'] },
);
const lines = fc.array(fc.tuple(checked, fc.boolean()), { minLength: 1, maxLength: 5 });

/** A purchase of lines with these offers, some for an Azure subscription. */
const purchase = lines.map((all) =>
  aPurchase({
    country: 'DE',
    request: aRequest(all.map(([, isForAzure]) => (isForAzure ? { azureSubscriptionId: AZURE_SUBSCRIPTION } : {}))),
    offers: all.map(([offer], at) => anOffer({ lineId: `${at + 1}`, ...offer })),
  }),
);

test('what a SKU needs to be checked with is sent along, or the purchase is rejected before anything is asked', () => {
  fc.assert(
    fc.property(purchase, (asking) => {
      const rejection = judgeVariables(asking);
      const questions = buildQuestions(asking);
      const unsaid = questions.flatMap(({ question, offers }) =>
        offers.flatMap(({ lineId, inventoryVariables = [] }) =>
          inventoryVariables.filter((name) => !(name in question.inventoryContext)).map((name) => ({ lineId, name })),
        ),
      );
      expect(rejection !== undefined).toBe(unsaid.length > 0);
      for (const { lineId, name } of unsaid)
        expect(rejection?.reason.message).toMatch(new RegExp(`Line ${lineId}:[^.]*${name}`));
    }),
  );
});

test('every offer that needs a check is asked for exactly once, with nothing its SKU does not name, and no other offer', () => {
  fc.assert(
    fc.property(purchase, (asking) => {
      const questions = buildQuestions(asking);
      const needing = (asking.offers ?? []).filter(({ inventoryVariables }) => inventoryVariables !== undefined);
      const asked = questions.flatMap(({ offers }) => offers);
      const byLine = (a: Offer, b: Offer) => a.lineId.localeCompare(b.lineId);
      expect(asked.toSorted(byLine)).toEqual(needing);
      for (const { question, offers } of questions) {
        expect(question.targetItems.map((item) => item.skuId)).toEqual(offers.map((offer) => offer.skuId));
        const context = Object.keys(question.inventoryContext);
        for (const { inventoryVariables = [] } of offers) {
          if (inventoryVariables.length > 0) expect(inventoryVariables).toEqual(expect.arrayContaining(context));
        }
      }
    }),
  );
});

const restriction = fc.record(
  {
    reasonCode: fc.constantFrom('NotAvailableForSubscription'),
    description: fc.constantFrom('Not here.', 'Sold out.'),
  },
  { requiredKeys: [] },
);
const answer = fc
  .record({ skuId, isRestricted: fc.boolean(), restrictions: fc.array(restriction, { maxLength: 2 }) })
  .map((item) => ({
    productId: 'DZH318Z0CSA1',
    ...item,
    restrictions: item.restrictions.map((one) => ({ ...one, properties: {} })),
  }));

test('a purchase goes on only when every offer it asked for is answered, and never with a restriction', () => {
  const asked = fc.array(
    skuId.map((id) => anOffer({ skuId: id })),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(asked, fc.array(answer, { maxLength: 6 }), (offers, items) => {
      const outcome = judgeInventory([{ offers, items }]);
      const isFree = ({ skuId: wanted }: Offer) =>
        items.some((item) => item.skuId === wanted) &&
        items.every((item) => item.skuId !== wanted || !item.isRestricted);
      expect(outcome.kind).toBe(offers.every(isFree) ? 'advance' : 'reject');
      if (outcome.kind !== 'reject') return;
      for (const offer of offers.filter((one) => !isFree(one))) {
        expect(outcome.reason.message).toContain(`DZH318Z0CSA1/${offer.skuId}`);
        const told = items.filter((item) => item.skuId === offer.skuId && item.isRestricted);
        for (const { restrictions } of told) {
          for (const { description, reasonCode } of restrictions)
            expect(outcome.reason.message).toContain(description ?? reasonCode ?? 'no reason given');
        }
      }
    }),
  );
});
