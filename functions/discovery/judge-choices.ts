import { placedLines } from '#shared/domain/purchase-request';
import type { Offer, Purchase, StageName } from '#shared/domain/purchase';
import type { Outcome } from '#shared/pipeline/outcome';
import type { Choice } from './choose-offer';

/** One line that can't be bought refuses the whole purchase: half of a request is rarely what a customer wants. */
export function judgeChoices(purchase: Purchase, country: string, choices: Choice[]): Outcome {
  const rejections = choices.flatMap((choice) => ('rejection' in choice ? [choice.rejection] : []));
  const [first] = rejections;
  if (first) {
    return {
      kind: 'refused',
      reason: {
        code: first.code,
        message: rejections.map(({ message }) => message).join(' '),
        advice: [...new Set(rejections.map(({ advice }) => advice))].join(' '),
      },
      facts: { country },
    };
  }
  const offers = choices.flatMap((choice) => ('offer' in choice ? [choice.offer] : []));
  return {
    kind: 'continue',
    next: nextStage(purchase, offers),
    note: offers.map(({ catalogItemId, quantity }) => `${quantity} x ${catalogItemId}`).join(', '),
    facts: { country, offers },
    happening: 'discovered',
  };
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
