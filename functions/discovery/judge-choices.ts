import { placedLines } from '#shared/domain/purchase-request';
import type { Offer, Purchase, StageName } from '#shared/domain/purchase';
import type { Outcome } from '#shared/pipeline/outcome';
import { LONGEST_NOTE } from '#shared/pipeline/transition';
import { briefList } from './build-brief-list';
import type { Choice } from './choose-offer';

/**
 * How long the explanation of all lines may be, in characters: 50 lines with 20 availabilities each, all for reasons of
 * their own, have about 55,000. The history holds a little more than this; what travels in events is cut.
 */
const LONGEST = LONGEST_NOTE - 100;
/** Advice travels in events. */
const LONGEST_ADVICE = 1000;

/** One line that can't be bought refuses the whole purchase: half of a request is rarely what a customer wants. */
export function judgeChoices(purchase: Purchase, country: string, choices: Choice[]): Outcome {
  const rejections = choices.flatMap((choice) => ('rejection' in choice ? [choice.rejection] : []));
  const [first] = rejections;
  if (first) {
    return {
      kind: 'refused',
      reason: {
        code: first.code,
        message: briefList(
          rejections.map(({ message }) => message),
          ' ',
          LONGEST,
        ),
        advice: briefList([...new Set(rejections.map(({ advice }) => advice))], ' ', LONGEST_ADVICE),
      },
      facts: { country },
    };
  }
  const offers = choices.flatMap((choice) => ('offer' in choice ? [choice.offer] : []));
  return {
    kind: 'continue',
    next: nextStage(purchase, offers),
    note: noteOf(purchase, country, choices),
    facts: { country, offers },
    happening: 'discovered',
  };
}

function noteOf({ request }: Purchase, country: string, choices: Choice[]): string {
  const notes = choices.flatMap((choice) => ('note' in choice ? [choice.note] : []));
  const market = request.country === undefined ? country : `${country}, as the request says`;
  return `market ${market}; ${briefList(notes, '; ', LONGEST)}`;
}

function nextStage(purchase: Purchase, offers: Offer[]): StageName {
  const registered = new Set(purchase.registeredSubscriptions);
  const subscriptionOf = new Map(
    placedLines(purchase.request).map(({ lineId, line }) => [lineId, line.azureSubscriptionId]),
  );
  const isUnproven = ({ lineId, needsRegistration }: Offer) =>
    needsRegistration && !registered.has(subscriptionOf.get(lineId) ?? '');
  if (offers.some(isUnproven)) return 'enablement';
  return offers.some(({ inventoryVariables }) => inventoryVariables !== undefined) ? 'inventory' : 'cart';
}
