import { isDelivered, orderStatus } from '#rules/order-status';
import { symbolOf } from '#seed/currencies';
import type { Order, OrderLine } from '#store/records';
import { link, type Link } from '#wire/link';
import { linePricing, wireAmount } from '#wire/money';

/** An order as the API writes it (page "order-resources"); `now` decides its status. */
export function orderBody(order: Order, now: number, withPrice = false): object {
  const self = `/customers/${order.customerId}/orders/${order.id}`;
  const total = order.lines.reduce((sum, line) => sum + line.unitCents * remaining(line), 0);
  return {
    id: order.id,
    alternateId: order.alternateId,
    referenceCustomerId: order.customerId,
    billingCycle: order.billingCycle,
    currencyCode: order.currencyCode,
    currencySymbol: order.legacy ? undefined : symbolOf(order.currencyCode),
    lineItems: order.lines.map((line, index) => lineBody(order, line, index, now, withPrice)),
    creationDate: order.creationDate,
    status: orderStatus(order, now),
    transactionType: 'UserPurchase',
    totalPrice: withPrice ? wireAmount(total) : undefined,
    links: {
      self: link(self),
      provisioningStatus: link(`${self}/provisioningstatus`),
      patchOperation: link(self, 'PATCH'),
    },
    client: order.legacy
      ? {}
      : { marketplaceCountry: order.country, deviceFamily: 'UniversalStore-PartnerCenter', name: 'Partner Center API' },
    attributes: { etag: order.legacy ? Buffer.from(order.id).toString('base64') : undefined, objectType: 'Order' },
  };
}

/** A cancelled line shows the quantity 0 (page "cancel-software-purchases"). */
const remaining = (line: OrderLine): number => (line.cancelled ? 0 : line.quantity);

function lineBody(order: Order, line: OrderLine, index: number, now: number, withPrice: boolean): object {
  const resellers = (line.participants ?? []).filter((one) => one.key.toLowerCase().endsWith('transaction_reseller'));
  const [reseller, ...additional] = resellers.toSorted((a, b) => b.key.localeCompare(a.key)).map((one) => one.value);
  const subscriptionId = isDelivered(order, now) && !line.unfulfilled ? line.subscriptionId : undefined;
  return {
    lineItemNumber: index,
    offerId: line.catalogItemId,
    subscriptionId,
    parentSubscriptionId: line.parentSubscriptionId,
    termDuration: line.termDuration,
    transactionType: 'New',
    friendlyName: line.friendlyName,
    quantity: remaining(line),
    pricing: withPrice ? linePricing(line.unitCents, remaining(line)) : undefined,
    partnerIdOnRecord: reseller,
    additionalPartnerIdsOnRecord: additional.length === 0 ? undefined : additional,
    provisioningContext: line.provisioningContext,
    renewsTo: line.renewsTo,
    attestationAccepted: line.attestationAccepted,
    customTermEndDate: line.customTermEndDate,
    links: lineLinks(order, line, index, subscriptionId),
  };
}

function lineLinks(
  order: Order,
  line: OrderLine,
  index: number,
  subscriptionId: string | undefined,
): Record<string, Link | undefined> {
  const customer = `/customers/${order.customerId}`;
  const [product = '', sku = '', availability = ''] = line.catalogItemId.split(':');
  const country = `?country=${order.country}`;
  return {
    ...(order.legacy
      ? { sku: link(`/offers/${line.catalogItemId}${country}`) }
      : {
          product: link(`/products/${product}${country}`),
          sku: link(`/products/${product}/skus/${sku}${country}`),
          availability: link(`/products/${product}/skus/${sku}/availabilities/${availability}${country}`),
        }),
    subscription: subscriptionId === undefined ? undefined : link(`${customer}/subscriptions/${subscriptionId}`),
    activationLinks: isSaas(line)
      ? link(`${customer}/orders/${order.id}/lineitems/${index}/activationlinks`)
      : undefined,
  };
}

/** Marketplace SaaS lines have an activation link (page "get-activation-link-by-order-line-item"). */
export const isSaas = (line: OrderLine): boolean => line.catalogItemId.startsWith('DZH318Z0CSA1:');
