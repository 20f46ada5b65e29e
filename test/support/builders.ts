import type { CheckoutIntent, Offer, PlacedOrder, Purchase, PurchaseCart } from '#shared/domain/purchase';
import { purchaseRequest, type PurchaseRequest } from '#shared/domain/purchase-request';
import { requester, type Requester } from '#shared/domain/requester';
import type { Availability, Product, Sku } from '#shared/partner-center/resources/catalogue';
import type { Order } from '#shared/partner-center/resources/orders';

/** Things of the domain with sensible contents; a test names only what it is about. */

export const CUSTOMER = 'b3f4a2de-0c35-4ae5-9d1e-2f0e1c7d9a01';
export const AZURE_SUBSCRIPTION = 'c0ffee00-0000-4000-8000-000000000001';
export const NOW = new Date('2026-03-01T10:00:00.000Z');
export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export function aRequest(lines: Record<string, unknown>[] = [{}], rest: Record<string, unknown> = {}): PurchaseRequest {
  return purchaseRequest.parse({
    customerId: CUSTOMER,
    lines: lines.map((line) => ({ productId: 'DZH318Z0CSA1', skuId: '0001', quantity: 5, ...line })),
    ...rest,
  });
}

export function aRequester(rest: Record<string, unknown> = {}): Requester {
  return requester.parse({
    id: 'contoso-crm',
    kind: 'crm',
    signingKeys: [{ secret: SECRET }],
    customers: ['*'],
    ...rest,
  });
}

export function anOffer(rest: Partial<Offer> = {}): Offer {
  return {
    lineId: '1',
    catalogItemId: 'DZH318Z0CSA1:0001:AV1',
    productId: 'DZH318Z0CSA1',
    skuId: '0001',
    title: 'A subscription',
    kind: 'other',
    quantity: 5,
    billingCycle: 'monthly',
    termDuration: 'P1Y',
    needsRegistration: false,
    ...rest,
  };
}

export function aCart(rest: Partial<PurchaseCart> = {}): PurchaseCart {
  return {
    id: 'cart-1',
    createdAt: '2026-03-01T09:59:00.000Z',
    lines: [{ lineId: '1', catalogItemId: 'DZH318Z0CSA1:0001:AV1', quantity: 5, orderGroup: '0' }],
    ...rest,
  };
}

/** An intent to check out that was written now, with a call that lasted until its lease ended. */
export function anIntent(rest: Partial<CheckoutIntent> = {}): CheckoutIntent {
  const { startedAt = NOW.toISOString(), leaseEndsAt = startedAt } = rest;
  return { answersBefore: 0, startedAt, leaseEndsAt, unanswered: [{ from: startedAt, until: leaseEndsAt }], ...rest };
}

export function aPurchase(rest: Partial<Purchase> = {}): Purchase {
  return {
    id: '5d0c1a3e-1f5b-5c39-9d26-6c1c0a9d7e11',
    version: 1,
    requester: { id: 'contoso-crm', kind: 'crm', requestId: 'crm-request-1' },
    fingerprint: 'f',
    request: aRequest(),
    acceptedAt: '2026-03-01T09:58:00.000Z',
    updatedAt: '2026-03-01T09:58:00.000Z',
    status: 'open',
    stage: 'discovery',
    stageSince: '2026-03-01T09:58:00.000Z',
    attempts: { discovery: 1 },
    answersByOperation: {},
    sequence: 1,
    ...rest,
  };
}

export function aSku(rest: Partial<Sku> = {}): Sku {
  return {
    id: '0001',
    productId: 'DZH318Z0CSA1',
    title: 'A subscription',
    description: '',
    minimumQuantity: 1,
    maximumQuantity: 100,
    isTrial: false,
    supportedBillingCycles: ['monthly', 'annual'],
    purchasePrerequisites: [],
    inventoryVariables: [],
    provisioningVariables: [],
    dynamicAttributes: {},
    ...rest,
  };
}

export function aProduct(type = 'OnlineServicesNCE', subType?: string): Product {
  const productType = { id: type, ...(subType === undefined ? {} : { subType: { id: subType } }) };
  return { id: 'DZH318Z0CSA1', title: 'A product', description: '', productType };
}

export function anAvailability(rest: Partial<Availability> = {}): Availability {
  return {
    id: 'AV1',
    productId: 'DZH318Z0CSA1',
    skuId: '0001',
    catalogItemId: 'DZH318Z0CSA1:0001:AV1',
    defaultCurrency: { code: 'EUR' },
    segment: 'commercial',
    country: 'DE',
    isPurchasable: true,
    isRenewable: true,
    terms: [aTerm('P1Y')],
    ...rest,
  };
}

export function aTerm(duration: string, billingCycle?: string): Availability['terms'][number] {
  return { duration, cancellationPolicies: [], ...(billingCycle === undefined ? {} : { billingCycle }) };
}

/** An order as Partner Center answers it, of lines written as [catalogItemId, quantity]. */
export function anOrder(id: string, lines: [string, number][], rest: Partial<Order> = {}): Order {
  return {
    id,
    creationDate: NOW.toISOString(),
    status: 'pending',
    lineItems: lines.map(([offerId, quantity], lineItemNumber) => ({
      lineItemNumber,
      offerId,
      quantity,
      additionalPartnerIdsOnRecord: [],
      provisioningContext: {},
    })),
    ...rest,
  };
}

export function aPlacedOrder(rest: Partial<PlacedOrder> = {}): PlacedOrder {
  return {
    orderGroup: '0',
    orderId: 'order-1',
    status: 'pending',
    lines: [{ lineId: '1', catalogItemId: 'DZH318Z0CSA1:0001:AV1', quantity: 5 }],
    ...rest,
  };
}
