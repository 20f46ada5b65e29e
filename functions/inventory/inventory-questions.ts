import { placedLines } from '#shared/domain/purchase-request';
import type { Offer, Purchase } from '#shared/domain/purchase';
import { fingerprint } from '#shared/domain/fingerprint';
import type { InventoryQuestion } from '#shared/partner-center/inventory';

/** One call to the inventory check and the offers it answers for. */
export interface AskedOffers {
  question: InventoryQuestion;
  offers: Offer[];
}

/** A check has one context for all its items, so offers are asked together when their contexts are the same. */
export function inventoryQuestions(purchase: Purchase): AskedOffers[] {
  const asked = new Map<string, AskedOffers>();
  for (const offer of purchase.offers ?? []) {
    if (offer.inventoryVariables === undefined) continue;
    const inventoryContext = contextOf(purchase, offer);
    const key = fingerprint(inventoryContext);
    const same = asked.get(key);
    const offers = [...(same?.offers ?? []), offer];
    const targetItems = offers.map(({ productId, skuId }) => ({ productId, skuId }));
    asked.set(key, { question: { country: purchase.country ?? '', targetItems, inventoryContext }, offers });
  }
  return [...asked.values()];
}

/** Some SKUs require the check without naming its variables: then everything that is known is sent. */
function contextOf(
  purchase: Purchase,
  { lineId, inventoryVariables = [], armRegionName }: Offer,
): Record<string, string> {
  const line = placedLines(purchase.request).find((placed) => placed.lineId === lineId)?.line;
  const known = {
    customerId: purchase.request.customerId,
    azureSubscriptionId: line?.azureSubscriptionId,
    armRegionName,
  };
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) =>
      value !== undefined && (inventoryVariables.length === 0 || inventoryVariables.includes(name))
        ? [[name, value]]
        : [],
    ),
  );
}
