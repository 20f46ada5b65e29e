import type { CatalogueItem } from '#model/catalogue';
import type { SandboxContext } from '#model/sandbox-context';

const entry = (productId: string, skuId: string): string => `inventoryLost ${productId}:${skuId}`;

/** Is the item sold out? The seed says so, until the fault `lose-inventory` changes it. */
export function isSoldOut({ sku, offer }: CatalogueItem, context: SandboxContext): boolean {
  const lost = context.store.values.get(entry(sku.productId, sku.id));
  return lost === undefined ? offer.restricted : lost === 'yes';
}

/** Takes the stock of a product's SKU, or gives it back. */
export function setStock(productId: string, skuId: string, lost: boolean, context: SandboxContext): void {
  context.store.values.put(entry(productId, skuId), lost ? 'yes' : 'no');
}
