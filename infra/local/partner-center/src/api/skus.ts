import type { Availability } from '#model/catalogue';
import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import type { Sku } from '#seed/skus';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { collection, link } from '#wire/link';
import { selfOf } from '#wire/paging';
import { refusal } from '#wire/refusal';
import { type CatalogueScope, scopeOf } from './catalogue-scope';
import { ofProduct } from './products';

const BY_COUNTRY = '/v1/products/{productId}/skus';
const BY_CUSTOMER = '/v1/customers/{customerId}/products/{productId}/skus';

/** SKUs of a product (pages "get-a-list-of-skus-for-a-product", "get-a-sku-by-id" and their by-customer counterparts). */
export const skuRoutes: readonly Route[] = [
  { name: 'listSkus', method: 'GET', path: BY_COUNTRY, access: 'token', answer: list },
  { name: 'getSku', method: 'GET', path: `${BY_COUNTRY}/{skuId}`, access: 'token', answer: one },
  { name: 'listCustomerSkus', method: 'GET', path: BY_CUSTOMER, access: 'token', answer: list },
  { name: 'getCustomerSku', method: 'GET', path: `${BY_CUSTOMER}/{skuId}`, access: 'token', answer: one },
];

function list(call: Call, context: SandboxContext): Answer {
  const scope = scopeOf(call, context);
  const found = ofProduct(call, scope);
  const skus = new Set(scope.inSegment ? found.map((availability) => availability.sku) : []);
  return json(
    collection(
      [...skus].map((sku) => skuBody(sku, scope.country)),
      selfOf(call),
    ),
  );
}

function one(call: Call, context: SandboxContext): Answer {
  const scope = scopeOf(call, context);
  const [first] = ofSku(call, scope);
  return json(skuBody(first.sku, scope.country));
}

/** The availabilities of the SKU that the path names; at least one, or 404/400018. */
export function ofSku(call: Call, scope: CatalogueScope): [Availability, ...Availability[]] {
  const id = call.param('skuId').toUpperCase();
  const [first, ...rest] = ofProduct(call, scope).filter((availability) => availability.sku.id === id);
  if (!first) throw refusal('skuUnknown');
  return [first, ...rest];
}

/** A SKU as the API writes it. */
export function skuBody(sku: Sku, country: string): object {
  const self = `/products/${sku.productId}/skus/${sku.id}`;
  return {
    ...sku,
    links: {
      availabilities: link(`${self}/availabilities?country=${country}`),
      self: link(`${self}?country=${country}`),
    },
  };
}
