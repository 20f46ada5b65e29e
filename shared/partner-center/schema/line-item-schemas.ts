import { z } from 'zod';
import { date, flag, openEnum, optionalAmount, record, text } from './json-types';

/*
 * The five kinds of line items ("Invoice resources", "Get invoice line items"). Nothing is required: lines are stored and
 * added up, and one odd line must not stop a million others; only money must be money. Amounts arrive as numbers or in quotes, in the same list.
 */

function each<const Name extends string, Schema>(schema: Schema, ...names: readonly Name[]): Record<Name, Schema> {
  // Object.fromEntries forgets the names.
  return Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, Schema>;
}

const optionalText = text.optional();
/** A date in a form we don't know stays as it came. */
const time = z.union([date, text]).optional();

const source = {
  billingProvider: openEnum('office', 'azure', 'one_time', 'marketplace').optional(),
  invoiceLineItemType: openEnum('billing_line_items', 'usage_line_items').optional(),
  chargeType: openEnum().optional(),
};

const legacyUsage = {
  ...source,
  ...each(optionalText, 'partnerId', 'partnerName', 'partnerBillableAccountId', 'customerId', 'customerCompanyName'),
  ...each(optionalText, 'customerName', 'mpnId', 'tier2MpnId', 'invoiceNumber', 'domainName', 'billingCycleType'),
  ...each(optionalText, 'subscriptionId', 'subscriptionName', 'subscriptionDescription', 'orderId', 'serviceName'),
  ...each(optionalText, 'serviceType', 'resourceGuid', 'resourceName', 'region', 'unit'),
  ...each(optionalAmount, 'consumedQuantity'),
  ...each(time, 'chargeStartDate', 'chargeEndDate'),
};

const license = record({
  ...source,
  ...each(optionalText, 'partnerId', 'customerId', 'customerName', 'mpnId', 'tier2MpnId', 'orderId', 'subscriptionId'),
  ...each(optionalText, 'subscriptionName', 'subscriptionDescription', 'billingCycleType', 'domainName'),
  ...each(optionalText, 'syndicationPartnerSubscriptionNumber', 'offerId', 'durableOfferId', 'offerName', 'currency'),
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
  ...each(optionalText, 'detailLineItemId', 'sku', 'currency'),
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
  ...each(optionalText, 'customerBillableAccount', 'meteredService', 'meteredServiceType', 'meteredRegion', 'project'),
  ...each(optionalText, 'serviceInfo'),
  usageDate: time,
}).transform((line) => ({ kind: 'daily_usage' as const, ...line }));

/** Names of older answers: the same field was called otherwise. */
const olderNames = each(optionalText, 'providerName', 'providerId', 'quoteId');

const oneTime = record({
  ...source,
  ...olderNames,
  ...each(
    optionalText,
    'partnerId',
    'customerId',
    'customerName',
    'customerDomainName',
    'customerCountry',
    'invoiceNumber',
  ),
  ...each(
    optionalText,
    'mpnId',
    'resellerMpnId',
    'orderId',
    'productId',
    'skuId',
    'availabilityId',
    'productName',
    'skuName',
  ),
  ...each(
    optionalText,
    'unitType',
    'currency',
    'publisherName',
    'publisherId',
    'subscriptionDescription',
    'subscriptionId',
  ),
  ...each(optionalText, 'termAndBillingCycle', 'alternateId', 'referenceId', 'discountDetails', 'pricingCurrency'),
  ...each(
    optionalText,
    'meterDescription',
    'billingFrequency',
    'reservationOrderId',
    'creditReasonCode',
    'promotionId',
  ),
  /** JSON within a string, kept as it came. */
  priceAdjustmentDescription: optionalText,
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
  ...each(
    optionalText,
    'partnerId',
    'partnerName',
    'customerId',
    'customerName',
    'customerDomainName',
    'customerCountry',
  ),
  ...each(
    optionalText,
    'invoiceNumber',
    'productId',
    'skuId',
    'availabilityId',
    'skuName',
    'productName',
    'publisherName',
  ),
  ...each(
    optionalText,
    'publisherId',
    'subscriptionId',
    'subscriptionDescription',
    'meterType',
    'meterCategory',
    'meterId',
  ),
  ...each(
    optionalText,
    'meterSubCategory',
    'meterName',
    'meterRegion',
    'unitOfMeasure',
    'resourceLocation',
    'resourceGroup',
  ),
  ...each(
    optionalText,
    'consumedService',
    'resourceUri',
    'tags',
    'serviceInfo1',
    'serviceInfo2',
    'mpnId',
    'resellerMpnId',
  ),
  ...each(optionalText, 'unitType', 'billingCurrency', 'pricingCurrency', 'entitlementId', 'entitlementDescription'),
  /** JSON within a string, kept as it came. */
  additionalInfo: optionalText,
  creditType: openEnum().optional(),
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
