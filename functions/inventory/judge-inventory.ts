import type { Offer } from '#shared/domain/purchase';
import type { InventoryItem } from '#shared/partner-center/resources/inventory';
import type { StageOutcome } from '#shared/pipeline/stage';

/** What was asked for and what came back; items that Partner Center does not know are missing from its answer. */
export interface InventoryAnswer {
  offers: Offer[];
  items: InventoryItem[];
}

/** One restricted or missing item rejects the whole purchase. */
export function judgeInventory(answers: InventoryAnswer[]): StageOutcome<'inventory'> {
  const objections = answers.flatMap(({ offers, items }) => offers.flatMap((offer) => objectionTo(offer, items)));
  if (objections.length > 0) {
    return {
      kind: 'reject',
      reason: {
        code: 'inventory',
        message: objections.join(' '),
        advice: 'Ask for another SKU or region, or again later.',
      },
    };
  }
  const asked = answers.reduce((count, { offers }) => count + offers.length, 0);
  return { kind: 'advance', next: 'cart', note: `${asked} item(s) available` };
}

function objectionTo({ lineId, productId, skuId }: Offer, items: InventoryItem[]): string[] {
  // A SKU that is asked for twice, since two lines are of it, may be answered twice.
  const answers = items.filter((item) => item.productId === productId && item.skuId === skuId);
  if (answers.length === 0) return [`Line ${lineId}: the inventory check does not know ${productId}/${skuId}.`];
  const restricted = answers.filter(({ isRestricted }) => isRestricted);
  if (restricted.length === 0) return [];
  const why = restricted
    .flatMap(({ restrictions }) => restrictions)
    .map(({ reasonCode, description }) => description ?? reasonCode ?? 'no reason given');
  return [`Line ${lineId}: ${productId}/${skuId} is restricted (${why.join(', ') || 'no reason given'}).`];
}
