import { placedLines } from '#shared/domain/purchase-request';
import type { Purchase } from '#shared/domain/purchase';
import type { Refused } from '#shared/pipeline/outcome';

/**
 * Refuses a purchase whose inventory check needs an Azure subscription that no line names: of all inventory variables it
 * is the one that only the request can give (page "Product resources"). Undefined: nothing is missing.
 */
export function judgeVariables({ request, offers = [] }: Purchase): Refused | undefined {
  const unnamed = new Set(
    placedLines(request)
      .filter(({ line }) => line.azureSubscriptionId === undefined)
      .map(({ lineId }) => lineId),
  );
  const lacking = offers.filter(
    ({ lineId, inventoryVariables = [] }) => inventoryVariables.includes('azureSubscriptionId') && unnamed.has(lineId),
  );
  if (lacking.length === 0) return undefined;
  const items = lacking.map(({ lineId, productId, skuId }) => `Line ${lineId}: ${productId}/${skuId}`);
  return {
    kind: 'refused',
    reason: {
      code: 'azure-subscription-missing',
      message: `${items.join(', ')} can only be checked for an Azure subscription, and none is named.`,
      advice: 'Name the azureSubscriptionId it is for.',
    },
  };
}
