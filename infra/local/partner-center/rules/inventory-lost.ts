import type { Sku } from '#local/partner-center/seed/skus';
import type { World } from '#local/partner-center/world';

const entry = (productId: string, skuId: string): string => `inventoryLost ${productId}:${skuId}`;

/** Has the fault `lose-inventory` taken this SKU's stock? */
export const inventoryLost = (sku: Sku, world: World): boolean =>
  world.store.settled.get(entry(sku.productId, sku.id)) === 'yes';

/** Takes the stock of a product's SKU, or gives it back. */
export function setInventory(productId: string, skuId: string, lost: boolean, world: World): void {
  world.store.settled.put(entry(productId, skuId), lost ? 'yes' : 'no');
}
