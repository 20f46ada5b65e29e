import type { Goods } from '#catalogue';
import type { World } from '#world';

const entry = (productId: string, skuId: string): string => `inventoryLost ${productId}:${skuId}`;

/** Is there nothing left of this item: by the seed, unless the fault `lose-inventory` has said otherwise since? */
export function isSoldOut({ sku, offer }: Goods, world: World): boolean {
  const told = world.store.settled.get(entry(sku.productId, sku.id));
  return told === undefined ? offer.restricted : told === 'yes';
}

/** Takes the stock of a product's SKU, or gives it back. */
export function setStock(productId: string, skuId: string, lost: boolean, world: World): void {
  world.store.settled.put(entry(productId, skuId), lost ? 'yes' : 'no');
}
