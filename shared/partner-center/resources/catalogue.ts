import type { z } from 'zod';
import { PartnerCenterError } from '#shared/partner-center/errors/partner-center-error';
import { callApi } from '#shared/partner-center/http/call-api';
import { expectIds, type AskedAndAnswered } from '#shared/partner-center/http/expect-ids';
import type { OnOdd } from '#shared/partner-center/http/odd-record';
import { path } from '#shared/partner-center/http/path';
import { readList } from '#shared/partner-center/http/read-list';
import type { ApiRequest, Call, Query } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import {
  billingCycle,
  date,
  flag,
  integer,
  list,
  map,
  openEnum,
  record,
  text,
} from '#shared/partner-center/schema/json-types';

/** Whose catalogue: a country's, or the one a customer sees. The same product differs between them. */
export type CatalogueScope =
  { readonly kind: 'market'; readonly country: string } | { readonly kind: 'customer'; readonly customerId: string };

export interface CatalogueOptions {
  readonly targetSegment?: 'commercial' | 'education' | 'government' | 'nonprofit' | undefined;
  /** 'AzurePlan' = reservations for Azure plans; absent = for MS-AZR-0145P subscriptions ("Purchase Azure reservations"). */
  readonly reservationScope?: 'AzurePlan' | undefined;
}

const namedType = { id: text, displayName: text.optional() };
const productType = record({ ...namedType, subType: record(namedType).optional() });

const product = record({
  id: text,
  title: text.default(''),
  description: text.default(''),
  productType: productType.optional(),
  isMicrosoftProduct: flag.optional(),
  publisherName: text.optional(),
});
export type Product = z.infer<typeof product>;

const sku = record({
  id: text,
  productId: text,
  title: text.default(''),
  description: text.default(''),
  minimumQuantity: integer.default(1),
  /** 999999999 is how Partner Center writes "no limit". */
  maximumQuantity: integer.default(999_999_999),
  isTrial: flag.default(false),
  supportedBillingCycles: list(billingCycle),
  /** 'inventory_check', 'azure_subscription_registration', or a value that is new to us ("Product resources"). */
  purchasePrerequisites: list(
    openEnum(
      'inventory_check',
      'azure_subscription_registration',
      'microsoft_cloud_agreement',
      'microsoft_customer_agreement',
    ),
  ),
  /** Names in lower camel case, as the inventory check wants them; may be empty although a check is required. */
  inventoryVariables: list(text.transform(lowerCamel)),
  provisioningVariables: list(text.transform(lowerCamel)),
  dynamicAttributes: map,
  attestationProperties: record({
    attestationType: text.optional(),
    enforceAttestation: flag.default(false),
  }).optional(),
});
export type Sku = z.infer<typeof sku>;

const availability = record({
  id: text,
  productId: text,
  skuId: text,
  /** Valid for a short time only: read just before the cart, never stored ("Product resources"). */
  catalogItemId: text,
  defaultCurrency: record({ code: text, symbol: text.optional() }).optional(),
  segment: openEnum('commercial', 'education', 'government', 'nonprofit').optional(),
  country: text.transform((code) => code.toUpperCase()).optional(),
  isPurchasable: flag.default(false),
  isRenewable: flag.default(false),
  /** Empty for what has no term (perpetual software). */
  terms: list(
    record({
      id: text.optional(),
      duration: text.optional(),
      description: text.optional(),
      billingCycle: billingCycle.optional(),
      cancellationPolicies: list(
        record({
          refundOptions: list(
            record({ sequenceId: integer.optional(), type: text.optional(), expiresAfter: text.optional() }),
          ),
        }),
      ),
    }),
  ),
  expirationDate: date.optional(),
});
export type Availability = z.infer<typeof availability>;

/** All products of a view, such as 'OnlineServices' or 'AzureReservationsVM' ("Get a list of products"). */
export async function listProducts(
  pc: Transport,
  scope: CatalogueScope,
  targetView: string,
  options: CatalogueOptions,
  call: Call,
): Promise<Product[]> {
  const read = catalogueRequest('list products', scope, '/products', { targetView, ...options });
  return readList(pc, read, product, call);
}

/** One product ("Get a product by ID"). */
export async function getProduct(
  pc: Transport,
  scope: CatalogueScope,
  productId: string,
  options: CatalogueOptions,
  call: Call,
): Promise<Product> {
  const read = catalogueRequest('get product', scope, path`/products/${productId}`, { ...options });
  const answer = await callApi(pc, read, product, call);
  expectIds(read, call, { id: [productId, answer.id] });
  return answer;
}

/** All SKUs of a product ("Get a list of SKUs for a product"). */
export async function listSkus(
  pc: Transport,
  scope: CatalogueScope,
  productId: string,
  options: CatalogueOptions,
  call: Call,
): Promise<Sku[]> {
  const read = catalogueRequest('list SKUs', scope, path`/products/${productId}/skus`, { ...options });
  return readList(pc, read, sku, call);
}

/** One SKU with what it asks for before a purchase ("Get a SKU by ID"). */
export async function getSku(
  pc: Transport,
  scope: CatalogueScope,
  productId: string,
  skuId: string,
  options: CatalogueOptions,
  call: Call,
): Promise<Sku> {
  const read = catalogueRequest('get SKU', scope, path`/products/${productId}/skus/${skuId}`, { ...options });
  const answer = await callApi(pc, read, sku, call);
  expectIds(read, call, { id: [skuId, answer.id], productId: [productId, answer.productId] });
  return answer;
}

/**
 * All availabilities of a SKU: terms, currency, catalogItemId ("Get a list of availabilities for a SKU"). One of another
 * product, or with another one's catalogItemId, would buy something else: a contract error.
 */
export async function listAvailabilities(
  pc: Transport,
  scope: CatalogueScope,
  productId: string,
  skuId: string,
  options: CatalogueOptions,
  call: Call,
  onOdd?: OnOdd,
): Promise<Availability[]> {
  const place = path`/products/${productId}/skus/${skuId}/availabilities`;
  const read = catalogueRequest('list availabilities', scope, place, { ...options });
  const availabilities = await readList(pc, read, availability, call, onOdd);
  for (const each of availabilities) expectIds(read, call, idsOf(productId, skuId, each));
  return availabilities;
}

/** One availability ("Get an availability by ID"). */
export async function getAvailability(
  pc: Transport,
  scope: CatalogueScope,
  productId: string,
  skuId: string,
  availabilityId: string,
  call: Call,
): Promise<Availability> {
  const place = path`/products/${productId}/skus/${skuId}/availabilities/${availabilityId}`;
  const read = catalogueRequest('get availability', scope, place, {});
  const answer = await callApi(pc, read, availability, call);
  expectIds(read, call, { id: [availabilityId, answer.id], ...idsOf(productId, skuId, answer) });
  return answer;
}

/** A catalogItemId is made of the three ids ("Product resources"); what it names is what is bought. */
function idsOf(productId: string, skuId: string, found: Availability): Record<string, AskedAndAnswered> {
  return {
    productId: [productId, found.productId],
    skuId: [skuId, found.skuId],
    catalogItemId: [`${productId}:${skuId}:${found.id}`, found.catalogItemId],
  };
}

/** This catalogue does not have it, or not now; with Partner Center's code for that. */
export interface NotSold {
  readonly kind: 'not-sold';
  readonly code: string;
}

const NOT_SOLD = new Set(['400013', '400018', '400019', '400072']);

/** What a read of the catalogue finds, or that it is not sold there, which is an answer like any other. */
export async function ifSold<T>(read: Promise<T>): Promise<T | NotSold> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof PartnerCenterError && error.code !== undefined && NOT_SOLD.has(error.code)) {
      return { kind: 'not-sold', code: error.code };
    }
    throw error;
  }
}

/** By customer it is a GET as well, whatever the tables of those pages say; their own examples show GET. */
function catalogueRequest(operation: string, scope: CatalogueScope, place: string, query: Query): ApiRequest {
  const read = { operation, method: 'GET', token: 'app' } as const;
  return scope.kind === 'market'
    ? { ...read, path: `/v1${place}`, query: { country: scope.country, ...query } }
    : { ...read, path: path`/v1/customers/${scope.customerId}` + place, query, customerId: scope.customerId };
}

function lowerCamel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
