import type { ItemKind } from '#shared/domain/purchase';
import type { Product, Sku } from '#shared/partner-center/resources/catalogue';

/**
 * Tells the kinds apart whose selling has rules of its own. Only reservations ask for a registered Azure subscription
 * (page "Purchase Azure reservations"); software is told apart by its sub type, and where that is missing by its terms, which
 * perpetual software never has (page "Product resources"). Licences of new commerce are `OnlineServicesNCE`.
 */
export function classifyItem({ productType }: Product, sku: Sku, hasTerms: boolean): ItemKind {
  if (sku.purchasePrerequisites.includes('azure_subscription_registration')) return 'reservation';
  const type = productType?.id.toLowerCase();
  const subType = productType?.subType?.id.toLowerCase() ?? '';
  if (type === 'software') {
    if (subType.includes('perpetual')) return 'perpetual-software';
    return subType.includes('subscription') || hasTerms ? 'software-subscription' : 'perpetual-software';
  }
  if (type?.startsWith('onlineservices')) return 'licence';
  return subType === 'saas' ? 'saas' : 'other';
}
