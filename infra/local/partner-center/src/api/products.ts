import type { Availability } from '#model/catalogue';
import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import type { Product } from '#seed/products';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { collection, link } from '#wire/link';
import { selfOf } from '#wire/paging';
import { refusal } from '#wire/refusal';
import { type CatalogueScope, scopeOf, viewOf } from './catalogue-scope';

/** Products by country and by customer (pages "get-a-list-of-products", "get-a-product-by-id" and their by-customer counterparts). */
export const productRoutes: readonly Route[] = [
  { name: 'listProducts', method: 'GET', path: '/v1/products', access: 'token', answer: list },
  { name: 'getProduct', method: 'GET', path: '/v1/products/{productId}', access: 'token', answer: read },
  {
    name: 'listCustomerProducts',
    method: 'GET',
    path: '/v1/customers/{customerId}/products',
    access: 'token',
    answer: list,
  },
  {
    name: 'getCustomerProduct',
    method: 'GET',
    path: '/v1/customers/{customerId}/products/{productId}',
    access: 'token',
    answer: read,
  },
];

function list(call: Call, context: SandboxContext): Answer {
  const { country, availabilities, inSegment } = scopeOf(call, context);
  const view = viewOf(call, context);
  const inView = availabilities.filter((one) => inSegment && one.offer.views.includes(view));
  const seen = inView.map((one) => one.product);
  return json(
    collection(
      [...new Set(seen)].map((product) => productBody(product, country)),
      selfOf(call),
    ),
  );
}

function read(call: Call, context: SandboxContext): Answer {
  const scope = scopeOf(call, context);
  const [first] = ofProduct(call, scope);
  return json(productBody(first.product, scope.country));
}

/** The availabilities of the product the path names; at least one, or it is not sold there: 404/400013. */
export function ofProduct(call: Call, scope: CatalogueScope): [Availability, ...Availability[]] {
  const id = call.param('productId').toUpperCase();
  const [first, ...rest] = scope.availabilities.filter((one) => one.product.id === id);
  if (!first) throw refusal('productUnknown');
  return [first, ...rest];
}

/** A product on the wire. */
export const productBody = (product: Product, country: string): object => ({
  ...product,
  links: {
    skus: link(`/products/${product.id}/skus?country=${country}`),
    self: link(`/products/${product.id}?country=${country}`),
  },
});
