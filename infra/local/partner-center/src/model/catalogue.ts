import { createHash } from 'node:crypto';
import { currencyOf, symbolOf } from '#seed/currencies';
import { type Offer, OFFERS } from '#seed/offers';
import { type Product, PRODUCTS } from '#seed/products';
import { type Sku, SKUS } from '#seed/skus';
import type { Store } from '#store/store';

/** A SKU with its product and the terms it is sold on. */
export interface CatalogueItem {
  readonly product: Product;
  readonly sku: Sku;
  readonly offer: Offer;
}

/** One way to buy a SKU in one country. Its id changes from time to time, so callers must not keep it. */
export interface Availability extends CatalogueItem {
  readonly id: string;
  readonly catalogItemId: string;
  readonly country: string;
  readonly currency: { readonly code: string; readonly symbol: string };
  readonly reservationScope: 'azureplan' | undefined;
}

const ITEMS: readonly CatalogueItem[] = OFFERS.map((offer) => {
  const product = PRODUCTS.find((one) => one.id === offer.productId);
  const sku = SKUS.find((one) => one.productId === offer.productId && one.id === offer.skuId);
  if (!product || !sku) throw new Error(`The seed has an offer without product or SKU: ${offer.productId}`);
  return { product, sku, offer };
});

/** What is sold where. Availabilities exist by country, made from the seed and the number of rotations so far. */
export class Catalogue {
  readonly #store: Store;
  readonly #byCountry = new Map<string, readonly Availability[]>();
  readonly #byCatalogItem = new Map<string, Availability>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Gives every availability a new id, so that every `catalogItemId` read before is void. */
  rotate(): void {
    this.#store.values.put('catalogueRotation', this.#rotation() + 1);
  }

  /** All availabilities of a country; those of reservations for MS-AZR-0145P subscriptions, or (scope) for Azure plans. */
  availabilities(country: string, scope?: string): readonly Availability[] {
    return this.#inCountry(country.toUpperCase()).filter(
      (one) => !one.offer.azurePlan || one.reservationScope === scope?.toLowerCase(),
    );
  }

  /** The availability that this `catalogItemId` names in this country now, in any reservation scope. */
  availability(catalogItemId: string, country: string): Availability | undefined {
    this.#inCountry(country.toUpperCase());
    return this.#byCatalogItem.get(`${this.#rotation()} ${country.toUpperCase()} ${catalogItemId.toUpperCase()}`);
  }

  /** What a `catalogItemId` stands for, even when its availability is void; undefined for items of the older commerce. */
  item(catalogItemId: string): CatalogueItem | undefined {
    const [productId, skuId] = catalogItemId.toUpperCase().split(':');
    return ITEMS.find(({ sku }) => sku.productId === productId && sku.id === skuId);
  }

  #rotation(): number {
    return Number(this.#store.values.get('catalogueRotation') ?? 0);
  }

  #inCountry(country: string): readonly Availability[] {
    const key = `${this.#rotation()} ${country}`;
    const known = this.#byCountry.get(key);
    if (known) return known;
    const made = ITEMS.flatMap((item) => makeAvailabilities(item, country, this.#rotation()));
    this.#byCountry.set(key, made);
    for (const one of made) this.#byCatalogItem.set(`${key} ${one.catalogItemId}`, one);
    return made;
  }
}

function makeAvailabilities(item: CatalogueItem, country: string, rotation: number): Availability[] {
  const { product, sku, offer } = item;
  if (offer.excludedMarkets.has(country)) return [];
  const code = currencyOf(country);
  const scopes = offer.azurePlan ? [undefined, 'azureplan' as const] : [undefined];
  return scopes.map((reservationScope) => {
    const id = availabilityId(`${product.id}/${sku.id}/${country}/${reservationScope ?? ''}/${rotation}`);
    return {
      id,
      catalogItemId: `${product.id}:${sku.id}:${id}`,
      country,
      currency: { code, symbol: symbolOf(code) },
      ...item,
      reservationScope,
    };
  });
}

/** Twelve characters, as in the service; the same place and rotation give the same id. */
function availabilityId(place: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(place).digest('hex').slice(0, 12)}`).toString(36);
  return `DZH3${digits.toUpperCase().padStart(8, '0').slice(-8)}`;
}
