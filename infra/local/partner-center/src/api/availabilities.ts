import type { Availability } from '#model/catalogue';
import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { collection, link } from '#wire/link';
import { selfOf } from '#wire/paging';
import { refusal } from '#wire/refusal';
import { scopeOf } from './catalogue-scope';
import { productBody } from './products';
import { ofSku, skuBody } from './skus';

const BY_COUNTRY = '/v1/products/{productId}/skus/{skuId}/availabilities';
const BY_CUSTOMER = '/v1/customers/{customerId}/products/{productId}/skus/{skuId}/availabilities';

/** Availabilities of a SKU (pages "get-a-list-of-availabilities-for-a-sku", "get-an-availability-by-id" and their by-customer counterparts). */
export const availabilityRoutes: readonly Route[] = [
  { name: 'listAvailabilities', method: 'GET', path: BY_COUNTRY, access: 'token', answer: list },
  { name: 'getAvailability', method: 'GET', path: `${BY_COUNTRY}/{availabilityId}`, access: 'token', answer: one },
  { name: 'listCustomerAvailabilities', method: 'GET', path: BY_CUSTOMER, access: 'token', answer: list },
  {
    name: 'getCustomerAvailability',
    method: 'GET',
    path: `${BY_CUSTOMER}/{availabilityId}`,
    access: 'token',
    answer: one,
  },
];

function list(call: Call, context: SandboxContext): Answer {
  const scope = scopeOf(call, context);
  const found = ofSku(call, scope);
  return json(collection(scope.inSegment ? found.map(body) : [], selfOf(call)));
}

function one(call: Call, context: SandboxContext): Answer {
  const id = call.param('availabilityId').toUpperCase();
  const scope = scopeOf(call, context);
  // By id the reservation scope does not matter: each scope has ids of its own.
  const everywhere = [...scope.availabilities, ...context.catalogue.availabilities(scope.country, 'AzurePlan')];
  ofSku(call, scope);
  const found = everywhere.find((availability) => availability.id === id);
  if (!found) throw refusal('availabilityUnknown');
  return json(body(found));
}

const body = (availability: Availability): object => ({
  id: availability.id,
  productId: availability.product.id,
  skuId: availability.sku.id,
  catalogItemId: availability.catalogItemId,
  defaultCurrency: availability.currency,
  segment: 'commercial',
  country: availability.country,
  isPurchasable: availability.offer.isPurchasable,
  isRenewable: availability.offer.isRenewable,
  terms: availability.offer.terms,
  product: productBody(availability.product, availability.country),
  sku: skuBody(availability.sku, availability.country),
  links: {
    self: link(
      `/products/${availability.product.id}/skus/${availability.sku.id}` +
        `/availabilities/${availability.id}?country=${availability.country}`,
    ),
  },
});
