import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildBriefList } from '#functions/discovery/build-brief-list';
import { chooseOffer, type Choice } from '#functions/discovery/choose-offer';
import { judgeChoices } from '#functions/discovery/judge-choices';
import { judgeMarket } from '#functions/discovery/judge-market';
import { defined } from '#shared/domain/defined';
import type { Offer } from '#shared/domain/purchase';
import { placedLines, type RequestedLine } from '#shared/domain/purchase-request';
import type { Availability, Sku } from '#shared/partner-center/resources/catalogue';
import { availabilities, availability, kind, sku, wish } from '#test/support/arbitraries';
import { aProduct, aPurchase, aRequest, anOffer, AZURE_SUBSCRIPTION } from '#test/support/builders';

const market = { country: 'DE', unavailable: new Set<string>(), perpetualSoftwareQualified: true };

function choose(line: Partial<RequestedLine>, of: Sku, available: Availability[]): Choice {
  const [placed] = placedLines(aRequest([line]));
  if (!placed) throw new Error('a request has at least one line');
  return chooseOffer(
    '1',
    placed.line,
    { kind: 'sold', product: aProduct(), sku: of, availabilities: available },
    market,
  );
}

const offerOf = (choice: Choice): Offer | undefined => (choice.kind === 'offer' ? choice.offer : undefined);
function textOf(choice: Choice): string {
  if (choice.kind === 'offer') return choice.note;
  return choice.kind === 'rejection' ? choice.rejection.message : choice.doubt.message;
}

test('what is chosen is purchasable, in the market, and of the wanted segment, currency, term, billing cycle and quantity', () => {
  let chosen = 0;
  fc.assert(
    fc.property(wish, sku, availabilities, (line, of, available) => {
      const offer = offerOf(choose(line, of, available));
      if (!offer) return;
      chosen++;
      const found = available.find(({ catalogItemId }) => catalogItemId === offer.catalogItemId);
      expect(found).toMatchObject({ isPurchasable: true, country: 'DE', segment: line.segment });
      expect(found?.defaultCurrency?.code).toBe(offer.currencyCode);
      expect(of.supportedBillingCycles).toContain(offer.billingCycle);
      const billed = found?.terms.filter(
        ({ billingCycle = offer.billingCycle }) => billingCycle === offer.billingCycle,
      );
      if (offer.termDuration === undefined) expect(found?.terms).toEqual([]);
      else expect(billed?.map(({ duration }) => duration)).toContain(offer.termDuration);
      // Whatever the line says, the offer says too.
      const { segment: _segment, ...said } = line;
      expect(offer).toMatchObject(said);
      expect(offer.quantity).toBeGreaterThanOrEqual(of.minimumQuantity);
      expect(offer.quantity).toBeLessThanOrEqual(of.maximumQuantity);
    }),
    { numRuns: 1000 },
  );
  expect(chosen).toBeGreaterThan(40);
});

test('every availability that was not chosen is named with a reason, as far as it came to the availabilities', () => {
  fc.assert(
    fc.property(wish, sku, availabilities, (line, of, available) => {
      const choice = choose(line, of, available);
      if (choice.kind === 'rejection' && !['no-availability', 'ambiguous'].includes(choice.rejection.code)) return;
      const chosenItem = offerOf(choice)?.catalogItemId;
      for (const { id, catalogItemId } of available) {
        if (catalogItemId !== chosenItem) expect(textOf(choice)).toMatch(new RegExp(`${id}[^;]*: [\\w]`));
      }
    }),
  );
});

const backwards = (one: Availability): Availability => ({ ...one, terms: one.terms.toReversed() });

test('the order in which the catalogue lists availabilities and their terms decides nothing that a request can say', () => {
  const shuffled = availabilities.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all.map(backwards), { minLength: all.length })),
  );
  const told = ({ catalogItemId: _which, ...offer }: Offer) => offer;
  fc.assert(
    fc.property(wish, sku, shuffled, (line, of, [listed, otherwise]) => {
      const [one, other] = [choose(line, of, listed), choose(line, of, otherwise)];
      const [offer, otherOffer] = [offerOf(one), offerOf(other)];
      expect(offer && told(offer)).toEqual(otherOffer && told(otherOffer));
      if (one.kind === 'rejection' && other.kind === 'rejection') expect(one.rejection.code).toBe(other.rejection.code);
    }),
    { numRuns: 500 },
  );
});

test('one more availability that can not be bought never changes the choice, wherever it stands', () => {
  const one = availability.map((found) => ({ ...found, id: 'NEW', catalogItemId: 'P:S:NEW', isPurchasable: false }));
  fc.assert(
    fc.property(wish, sku, availabilities, one, fc.nat(6), (line, of, available, added, at) => {
      const offer = offerOf(choose(line, of, available));
      expect(offerOf(choose(line, of, available.toSpliced(at, 0, added)))).toEqual(offer);
    }),
    { numRuns: 500 },
  );
});

test('the list of markets rejects what it is about and nothing else; an empty list rejects nothing', () => {
  const country = fc.constantFrom('DE', 'BR', 'US');
  const markets = fc.subarray(['DE', 'BR', 'US']);
  fc.assert(
    fc.property(kind, country, markets, fc.boolean(), (item, customers, listed, perpetualSoftwareQualified) => {
      const judge = (unavailable: string[]) =>
        judgeMarket('x', item, { country: customers, unavailable: new Set(unavailable), perpetualSoftwareQualified });
      const isAbout = item === 'reservation' || item === 'software-subscription';
      expect(judge(listed)?.code === 'market-unavailable').toBe(isAbout && listed.includes(customers));
      expect(judge([])?.code).toBe(
        item === 'perpetual-software' && !perpetualSoftwareQualified ? 'partner-not-qualified' : undefined,
      );
    }),
  );
});

const choice: fc.Arbitrary<Choice> = fc.oneof(
  fc.record({ needsRegistration: fc.boolean(), isChecked: fc.boolean() }).map(({ needsRegistration, isChecked }) => ({
    kind: 'offer' as const,
    lineId: '1',
    offer: anOffer({ needsRegistration, ...defined({ inventoryVariables: isChecked ? [] : undefined }) }),
    note: 'line 1: this one',
  })),
  fc.constantFrom('one', 'two').map((why) => ({
    kind: 'rejection' as const,
    lineId: '1',
    rejection: { code: why, message: `Line 1: ${why}.`, advice: `Do ${why}.` },
  })),
);

test('a purchase goes on only with an offer for every line, never past a registration or check that an offer asks for', () => {
  const request = aRequest([{ azureSubscriptionId: AZURE_SUBSCRIPTION }]);
  fc.assert(
    fc.property(fc.array(choice, { minLength: 1, maxLength: 5 }), fc.boolean(), (choices, isRegistered) => {
      const purchase = aPurchase({ request, registeredSubscriptions: isRegistered ? [AZURE_SUBSCRIPTION] : [] });
      const outcome = judgeChoices(purchase, 'DE', choices);
      const offers = choices.flatMap((one) => offerOf(one) ?? []);
      expect(outcome.kind).toBe(offers.length === choices.length ? 'advance' : 'reject');
      if (outcome.kind !== 'advance') return;
      expect(outcome.changes?.offers).toEqual(offers);
      const isUnproven = !isRegistered && offers.some(({ needsRegistration }) => needsRegistration);
      const isUnchecked = offers.some(({ inventoryVariables }) => inventoryVariables !== undefined);
      if (outcome.next !== 'enablement') expect(isUnproven).toBe(false);
      if (outcome.next === 'cart') expect(isUnchecked).toBe(false);
    }),
  );
});

test('a brief list is never longer than allowed, and is whole or says how many are left out', () => {
  const parts = fc.array(
    fc.string({ minLength: 1, maxLength: 60 }).map((text) => text.replaceAll(';', '')),
    {
      maxLength: 20,
    },
  );
  fc.assert(
    fc.property(parts, fc.integer({ min: 40, max: 200 }), (all, longest) => {
      const brief = buildBriefList(all, ';', longest);
      expect(brief.length).toBeLessThanOrEqual(longest);
      if (brief === all.join(';')) return;
      const left = Number(/and (\d+) more$/.exec(brief)?.[1] ?? 0);
      const shown = brief.split(';').length - (left > 0 ? 1 : 0);
      expect(shown + left).toBe(all.length);
    }),
  );
});
