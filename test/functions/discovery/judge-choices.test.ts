import { expect, test } from '@jest/globals';
import { buildBriefList } from '#functions/discovery/build-brief-list';
import { judgeChoices } from '#functions/discovery/judge-choices';
import type { Choice } from '#functions/discovery/choose-offer';
import type { Offer } from '#shared/domain/purchase';
import { aPurchase, aRequest, anOffer, AZURE_SUBSCRIPTION } from '#test/support/builders';

const reservation = aPurchase({ request: aRequest([{ azureSubscriptionId: AZURE_SUBSCRIPTION }]) });
const rejection = { code: 'no-availability', message: 'Line 2: nothing fits.', advice: 'Ask for another SKU.' };

const chosen = (offer: Partial<Offer> = {}): Choice => ({
  kind: 'offer',
  lineId: '1',
  offer: anOffer(offer),
  note: 'line 1: this one',
});

test('offers without prerequisites go straight to the cart', () => {
  expect(judgeChoices(aPurchase(), 'DE', [chosen()])).toMatchObject({
    kind: 'advance',
    next: 'cart',
    event: 'discovered',
  });
});

test('one offer that asks for the inventory check sends the purchase to inventory', () => {
  const choices = [chosen({ inventoryVariables: [] })];
  expect(judgeChoices(aPurchase(), 'DE', choices)).toMatchObject({ next: 'inventory' });
});

test('a reservation whose subscription is not proven goes to enablement, and then on', () => {
  const choices = [chosen({ needsRegistration: true, inventoryVariables: [] })];
  expect(judgeChoices(reservation, 'DE', choices)).toMatchObject({ next: 'enablement' });
  const proven = { ...reservation, registeredSubscriptions: [AZURE_SUBSCRIPTION] };
  expect(judgeChoices(proven, 'DE', choices)).toMatchObject({ next: 'inventory' });
});

test('one rejected line rejects the whole purchase', () => {
  const choices = [chosen(), { kind: 'rejection' as const, lineId: '2', rejection }];
  expect(judgeChoices(aPurchase(), 'DE', choices)).toMatchObject({
    kind: 'reject',
    reason: rejection,
    changes: { country: 'DE' },
  });
});

test("the note tells the market, and when it was not the customer's own", () => {
  expect(judgeChoices(aPurchase(), 'DE', [chosen()])).toMatchObject({ note: 'market DE; line 1: this one' });
  const abroad = aPurchase({ request: aRequest([{}], { country: 'US' }) });
  expect(judgeChoices(abroad, 'US', [chosen()])).toMatchObject({
    note: 'market US, as the request says; line 1: this one',
  });
});

test('what is left out of an explanation is counted', () => {
  expect(buildBriefList(['aaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbb', 'ccccccccccccccc'], '; ', 40)).toBe(
    'aaaaaaaaaaaaaaa; and 2 more',
  );
  expect(buildBriefList(['a', 'b'], '; ', 40)).toBe('a; b');
});
