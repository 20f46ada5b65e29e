import { createHash } from 'node:crypto';
import { currencyOf, symbolOf } from '#seed/currencies';
import { type Offer, offers } from '#seed/offers';
import { type Product, products } from '#seed/products';
import { type Sku, skus } from '#seed/skus';
import type { Store } from '#store/store';

/** A SKU with its product and the terms it is sold on. */
export interface Goods {
  readonly product: Product;
  readonly sku: Sku;
  readonly offer: Offer;
}

/** One way to buy a SKU in one country. Its id changes from time to time, so nobody may keep it. */
export interface Availability extends Goods {
  readonly id: string;
  readonly catalogItemId: string;
  readonly country: string;
  readonly currency: { readonly code: string; readonly symbol: string };
  readonly reservationScope: 'azureplan' | undefined;
}

const allGoods: readonly Goods[] = offers.map((offer) => {
  const product = products.find((one) => one.id === offer.productId);
  const sku = skus.find((one) => one.productId === offer.productId && one.id === offer.skuId);
  if (!product || !sku) throw new Error(`The seed has an offer without product or SKU: ${offer.productId}`);
  return { product, sku, offer };
});

/** What is sold where. Availabilities exist by country, made from the seed and the catalogue's turn. */
export class Catalogue {
  private readonly byCountry = new Map<string, readonly Availability[]>();
  private readonly byItem = new Map<string, Availability>();

  constructor(private readonly store: Store) {}

  /** Gives every availability a new id, so that all catalog item ids read before are void. */
  rotate(): void {
    this.store.settled.put('catalogueTurn', this.turn() + 1);
  }

  /** All availabilities of a country; those of reservations for MS-AZR-0145P subscriptions, or (scope) for Azure plans. */
  availabilities(country: string, scope?: string): readonly Availability[] {
    return this.inCountry(country.toUpperCase()).filter(
      (one) => !one.offer.azurePlan || one.reservationScope === scope?.toLowerCase(),
    );
  }

  /** The availability this catalog item names in this country today, in any reservation scope. */
  item(catalogItemId: string, country: string): Availability | undefined {
    this.inCountry(country.toUpperCase());
    return this.byItem.get(`${this.turn()} ${country.toUpperCase()} ${catalogItemId.toUpperCase()}`);
  }

  /** What a catalog item is, whatever became of its availability since; undefined for items of the older commerce. */
  goods(catalogItemId: string): Goods | undefined {
    const [productId, skuId] = catalogItemId.toUpperCase().split(':');
    return allGoods.find(({ sku }) => sku.productId === productId && sku.id === skuId);
  }

  private turn(): number {
    return Number(this.store.settled.get('catalogueTurn') ?? 0);
  }

  private inCountry(country: string): readonly Availability[] {
    const name = `${this.turn()} ${country}`;
    const known = this.byCountry.get(name);
    if (known) return known;
    const made = allGoods.flatMap((goods) => makeAvailabilities(goods, country, this.turn()));
    this.byCountry.set(name, made);
    for (const one of made) this.byItem.set(`${name} ${one.catalogItemId}`, one);
    return made;
  }
}

function makeAvailabilities(goods: Goods, country: string, turn: number): Availability[] {
  const { product, sku, offer } = goods;
  if (offer.excludedMarkets.has(country)) return [];
  const code = currencyOf(country);
  const scopes = offer.azurePlan ? [undefined, 'azureplan' as const] : [undefined];
  return scopes.map((reservationScope) => {
    const id = availabilityId(`${product.id}/${sku.id}/${country}/${reservationScope ?? ''}/${turn}`);
    return {
      id,
      catalogItemId: `${product.id}:${sku.id}:${id}`,
      country,
      currency: { code, symbol: symbolOf(code) },
      ...goods,
      reservationScope,
    };
  });
}

/** Twelve characters, as the service's: the same place and turn give the same id. */
function availabilityId(place: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(place).digest('hex').slice(0, 12)}`).toString(36);
  return `DZH3${digits.toUpperCase().padStart(8, '0').slice(-8)}`;
}
