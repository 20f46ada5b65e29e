import type { Offer, Purchase } from '#shared/domain/purchase';
import { fingerprint } from '#shared/domain/fingerprint';
import type { InventoryQuestion } from '#shared/partner-center/resources/inventory';
import { buildVariables } from './build-variables';

/** One call to the inventory check and the offers it answers for. */
export interface AskedOffers {
  question: InventoryQuestion;
  offers: Offer[];
}

/** A check has one context for all its items, so offers are asked together when their contexts are the same. */
export function buildQuestions(purchase: Purchase): AskedOffers[] {
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

/** Some SKUs require the check without naming variables: then everything that is known is sent. */
function contextOf(purchase: Purchase, offer: Offer): Record<string, string> {
  const { inventoryVariables: names = [] } = offer;
  const known = [...buildVariables(purchase, offer)];
  return Object.fromEntries(names.length === 0 ? known : known.filter(([name]) => names.includes(name)));
}
