import type { Purchase } from '#shared/domain/purchase';
import type { Reject } from '#shared/pipeline/outcome';
import { buildVariables } from './build-variables';

/**
 * Refuses a purchase whose inventory check needs something that nobody has said: an Azure subscription that no line names,
 * or a variable that is new to us. Asked without it, the answer would be about something else (page "Product resources").
 * Undefined: nothing is missing.
 */
export function judgeVariables(purchase: Purchase): Reject | undefined {
  const { offers = [] } = purchase;
  const lacking = offers.flatMap((offer) => {
    const known = buildVariables(purchase, offer);
    const missing = (offer.inventoryVariables ?? []).filter((name) => !known.has(name));
    return missing.length === 0 ? [] : [{ offer, missing }];
  });
  if (lacking.length === 0) return undefined;
  const items = lacking.map(
    ({ offer: { lineId, productId, skuId }, missing }) =>
      `Line ${lineId}: ${productId}/${skuId} can only be checked with ${missing.join(', ')}, which is not known.`,
  );
  const lacksSubscription = lacking.some(({ missing }) => missing.includes('azureSubscriptionId'));
  return {
    kind: 'reject',
    reason: {
      code: lacksSubscription ? 'azure-subscription-missing' : 'inventory-variable-unknown',
      message: items.join(' '),
      advice: lacksSubscription
        ? 'Name the azureSubscriptionId it is for.'
        : 'Ask for another SKU: what this one asks for is neither in a request nor in the catalogue.',
    },
  };
}
