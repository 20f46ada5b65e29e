import { placedLines } from '#shared/domain/purchase-request';
import type { Offer, Purchase } from '#shared/domain/purchase';
import type { StageOutcome } from '#shared/pipeline/stage';
import type { NextStage } from '#shared/pipeline/state-machine';
import { LONGEST_NOTE } from '#shared/pipeline/transition';
import { buildBriefList } from './build-brief-list';
import type { Choice } from './choose-offer';

/**
 * How long the explanation of all lines may be, in characters: 50 lines with 20 availabilities each, all for reasons of
 * their own, have about 55,000. The history holds a little more than this; what travels in events is cut.
 */
const LONGEST = LONGEST_NOTE - 100;
/** Advice travels in events. */
const LONGEST_ADVICE = 1000;

/** One line that can't be bought rejects the whole purchase: half of a request is rarely what a customer wants. */
export function judgeChoices(purchase: Purchase, country: string, choices: Choice[]): StageOutcome<'discovery'> {
  const rejections = choices.flatMap((choice) => (choice.kind === 'rejection' ? [choice.rejection] : []));
  const [first] = rejections;
  if (first) {
    return {
      kind: 'reject',
      reason: {
        code: first.code,
        message: buildBriefList(
          rejections.map(({ message }) => message),
          ' ',
          LONGEST,
        ),
        advice: buildBriefList([...new Set(rejections.map(({ advice }) => advice))], ' ', LONGEST_ADVICE),
      },
      changes: { country },
    };
  }
  const [doubt] = choices.flatMap((choice) => (choice.kind === 'doubt' ? [choice.doubt] : []));
  if (doubt) return { kind: 'hold', reason: doubt, changes: { country } };
  const offers = choices.flatMap((choice) => (choice.kind === 'offer' ? [choice.offer] : []));
  return {
    kind: 'advance',
    next: nextStage(purchase, offers),
    note: noteOf(purchase, country, choices),
    changes: { country, offers },
    event: 'discovered',
  };
}

function noteOf({ request }: Purchase, country: string, choices: Choice[]): string {
  const notes = choices.flatMap((choice) => (choice.kind === 'offer' ? [choice.note] : []));
  const market = request.country === undefined ? country : `${country}, as the request says`;
  return `market ${market}; ${buildBriefList(notes, '; ', LONGEST)}`;
}

function nextStage(purchase: Purchase, offers: Offer[]): NextStage<'discovery'> {
  const registered = new Set(purchase.registeredSubscriptions);
  const subscriptionOf = new Map(
    placedLines(purchase.request).map(({ lineId, line }) => [lineId, line.azureSubscriptionId]),
  );
  const isUnproven = ({ lineId, needsRegistration }: Offer) =>
    needsRegistration && !registered.has(subscriptionOf.get(lineId) ?? '');
  if (offers.some(isUnproven)) return 'enablement';
  return offers.some(({ inventoryVariables }) => inventoryVariables !== undefined) ? 'inventory' : 'cart';
}
