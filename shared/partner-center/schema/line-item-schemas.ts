import { z } from 'zod';
import { date, flag, openWord, optionalAmount, record, text } from './json-types';

/*
 * The five kinds of line items ("Invoice resources", "Get invoice line items"). Nothing is required: lines are stored and
 * added up, and one odd line must not stop a million others; only money must be money. Amounts arrive as numbers or in quotes, in the same list.
 */

function each<const Name extends string, Schema>(schema: Schema, ...names: readonly Name[]): Record<Name, Schema> {
  // Object.fromEntries forgets the names.
  return Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, Schema>;
}

const words = text.optional();
/** A date in a form we don't know stays as it came. */
const time = z.union([date, text]).optional();

const source = {
  billingProvider: openWord('office', 'azure', 'one_time', 'marketplace').optional(),
  invoiceLineItemType: openWord('billing_line_items', 'usage_line_items').optional(),
  chargeType: openWord().optional(),
};

const legacyUsage = {
  ...source,
  ...each(words, 'partnerId', 'partnerName', 'partnerBillableAccountId', 'customerId', 'customerCompanyName'),
  ...each(words, 'customerName', 'mpnId', 'tier2MpnId', 'invoiceNumber', 'domainName', 'billingCycleType'),
  ...each(words, 'subscriptionId', 'subscriptionName', 'subscriptionDescription', 'orderId', 'serviceName'),
  ...each(words, 'serviceType', 'resourceGuid', 'resourceName', 'region', 'unit'),
  ...each(optionalAmount, 'consumedQuantity'),
  ...each(time, 'chargeStartDate', 'chargeEndDate'),
};

const license = record({
  ...source,
  ...each(words, 'partnerId', 'customerId', 'customerName', 'mpnId', 'tier2MpnId', 'orderId', 'subscriptionId'),
  ...each(words, 'subscriptionName', 'subscriptionDescription', 'billingCycleType', 'domainName'),
  ...each(words, 'syndicationPartnerSubscriptionNumber', 'offerId', 'durableOfferId', 'offerName', 'currency'),
  ...each(time, 'subscriptionStartDate', 'subscriptionEndDate', 'chargeStartDate', 'chargeEndDate'),
  ...each(
    optionalAmount,
    'unitPrice',
    'quantity',
    'amount',
    'totalOtherDiscount',
    'subtotal',
    'tax',
    'totalForCustomer',
  ),
}).transform((line) => ({ kind: 'license' as const, ...line }));

const usage = record({
  ...legacyUsage,
  ...each(words, 'detailLineItemId', 'sku', 'currency'),
  ...each(
    optionalAmount,
    'includedQuantity',
    'overageQuantity',
    'listPrice',
    'consumptionPrice',
    'consumptionDiscount',
  ),
  ...each(optionalAmount, 'pretaxCharges', 'taxAmount', 'postTaxTotal', 'pretaxEffectiveRate', 'postTaxEffectiveRate'),
}).transform((line) => ({ kind: 'usage' as const, ...line }));

const dailyUsage = record({
  ...legacyUsage,
  ...each(words, 'customerBillableAccount', 'meteredService', 'meteredServiceType', 'meteredRegion', 'project'),
  ...each(words, 'serviceInfo'),
  usageDate: time,
}).transform((line) => ({ kind: 'daily_usage' as const, ...line }));

/** Names of older answers: the same field was called otherwise. */
const olderNames = each(words, 'providerName', 'providerId', 'quoteId');

const oneTime = record({
  ...source,
  ...olderNames,
  ...each(words, 'partnerId', 'customerId', 'customerName', 'customerDomainName', 'customerCountry', 'invoiceNumber'),
  ...each(words, 'mpnId', 'resellerMpnId', 'orderId', 'productId', 'skuId', 'availabilityId', 'productName', 'skuName'),
  ...each(words, 'unitType', 'currency', 'publisherName', 'publisherId', 'subscriptionDescription', 'subscriptionId'),
  ...each(words, 'termAndBillingCycle', 'alternateId', 'referenceId', 'discountDetails', 'pricingCurrency'),
  ...each(words, 'meterDescription', 'billingFrequency', 'reservationOrderId', 'creditReasonCode', 'promotionId'),
  /** JSON within a string, kept as it came. */
  priceAdjustmentDescription: words,
  ...each(time, 'orderDate', 'subscriptionStartDate', 'subscriptionEndDate', 'chargeStartDate', 'chargeEndDate'),
  ...each(time, 'pcToBCExchangeRateDate'),
  ...each(optionalAmount, 'unitPrice', 'effectiveUnitPrice', 'quantity', 'billableQuantity', 'subtotal', 'taxTotal'),
  ...each(optionalAmount, 'totalForCustomer', 'pcToBCExchangeRate'),
}).transform(({ providerName, providerId, quoteId, ...line }) => ({
  kind: 'one_time' as const,
  ...line,
  customerId: line.customerId?.replace(/^org:/, ''),
  publisherName: line.publisherName ?? providerName,
  publisherId: line.publisherId ?? providerId,
  alternateId: line.alternateId ?? quoteId,
}));

const dailyRatedUsage = record({
  ...source,
  ...each(words, 'partnerId', 'partnerName', 'customerId', 'customerName', 'customerDomainName', 'customerCountry'),
  ...each(words, 'invoiceNumber', 'productId', 'skuId', 'availabilityId', 'skuName', 'productName', 'publisherName'),
  ...each(words, 'publisherId', 'subscriptionId', 'subscriptionDescription', 'meterType', 'meterCategory', 'meterId'),
  ...each(words, 'meterSubCategory', 'meterName', 'meterRegion', 'unitOfMeasure', 'resourceLocation', 'resourceGroup'),
  ...each(words, 'consumedService', 'resourceUri', 'tags', 'serviceInfo1', 'serviceInfo2', 'mpnId', 'resellerMpnId'),
  ...each(words, 'unitType', 'billingCurrency', 'pricingCurrency', 'entitlementId', 'entitlementDescription'),
  /** JSON within a string, kept as it came. */
  additionalInfo: words,
  creditType: openWord().optional(),
  hasPartnerEarnedCredit: flag.optional(),
  ...each(time, 'chargeStartDate', 'chargeEndDate', 'usageDate', 'pcToBCExchangeRateDate'),
  ...each(optionalAmount, 'unitPrice', 'quantity', 'billingPreTaxTotal', 'pricingPreTaxTotal', 'pcToBCExchangeRate'),
  ...each(optionalAmount, 'effectiveUnitPrice', 'rateOfPartnerEarnedCredit', 'rateOfCredit'),
}).transform((line) => ({ kind: 'daily_rated_usage' as const, ...line }));

/** By the name Partner Center gives each kind in attributes.objectType. */
export const LINE_ITEM_SCHEMAS = {
  LicenseBasedLineItem: license,
  UsageBasedLineItem: usage,
  DailyUsageLineItem: dailyUsage,
  OneTimeInvoiceLineItem: oneTime,
  DailyRatedUsageLineItem: dailyRatedUsage,
} as const;

export type LineItemType = keyof typeof LINE_ITEM_SCHEMAS;
export type LineItem = z.infer<(typeof LINE_ITEM_SCHEMAS)[LineItemType]>;
