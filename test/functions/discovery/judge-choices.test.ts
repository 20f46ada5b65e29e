import { expect, test } from '@jest/globals';
import { judgeChoices } from '#functions/discovery/judge-choices';
import { aPurchase, aRequest, anOffer, AZURE_SUBSCRIPTION } from '#test/support/builders';

const reservation = aPurchase({ request: aRequest([{ azureSubscriptionId: AZURE_SUBSCRIPTION }]) });
const rejection = { code: 'no-availability', message: 'Line 2: nothing fits.', advice: 'Ask for another SKU.' };

test('offers without prerequisites go straight to the cart', () => {
  expect(judgeChoices(aPurchase(), 'DE', [{ lineId: '1', offer: anOffer() }])).toMatchObject({
    kind: 'continue',
    next: 'cart',
    happening: 'discovered',
  });
});

test('one offer that asks for the inventory check sends the purchase to inventory', () => {
  const choices = [{ lineId: '1', offer: anOffer({ inventoryVariables: [] }) }];
  expect(judgeChoices(aPurchase(), 'DE', choices)).toMatchObject({ next: 'inventory' });
});

test('a reservation whose subscription is not proven goes to enablement, and then on', () => {
  const choices = [{ lineId: '1', offer: anOffer({ needsRegistration: true, inventoryVariables: [] }) }];
  expect(judgeChoices(reservation, 'DE', choices)).toMatchObject({ next: 'enablement' });
  const proven = { ...reservation, registeredSubscriptions: [AZURE_SUBSCRIPTION] };
  expect(judgeChoices(proven, 'DE', choices)).toMatchObject({ next: 'inventory' });
});

test('one rejected line refuses the whole purchase', () => {
  const choices = [
    { lineId: '1', offer: anOffer() },
    { lineId: '2', rejection },
  ];
  expect(judgeChoices(aPurchase(), 'DE', choices)).toMatchObject({
    kind: 'refused',
    reason: rejection,
    facts: { country: 'DE' },
  });
});
