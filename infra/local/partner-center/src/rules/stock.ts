import type { CatalogueItem } from '#model/catalogue';
import type { SandboxContext } from '#model/sandbox-context';

const entry = (productId: string, skuId: string): string => `inventoryLost ${productId}:${skuId}`;

/** Is there nothing left of this item: by the seed, unless the fault `lose-inventory` has said otherwise since? */
export function isSoldOut({ sku, offer }: CatalogueItem, context: SandboxContext): boolean {
  const told = context.store.values.get(entry(sku.productId, sku.id));
  return told === undefined ? offer.restricted : told === 'yes';
}

/** Takes the stock of a product's SKU, or gives it back. */
export function setStock(productId: string, skuId: string, lost: boolean, context: SandboxContext): void {
  context.store.values.put(entry(productId, skuId), lost ? 'yes' : 'no');
}
