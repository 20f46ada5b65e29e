import type { SandboxContext } from '#model/sandbox-context';
import { PARTNER } from '#seed/partner';
import { digits } from '#wire/digits';
import { anyCustomer } from './billed-orders';
import { type Billed, type LineSource, NO_LINES } from './line-source';

/** DailyRatedUsageLineItem (page "get-invoice-billed-consumption-lineitems"). It calls its provider marketplace. */
export function oneTimeUsage(billed: Billed, context: SandboxContext): LineSource {
  if (billed.kind === 'invoice' && billed.document.billedLines.length > 0) return NO_LINES;
  const currency = billed.kind === 'invoice' ? billed.document.currencyCode : billed.currencyCode;
  const invoiceNumber = billed.kind === 'invoice' ? billed.document.id : '';
  return {
    count: context.settings.lineItems,
    at: (index) => {
      const customer = anyCustomer(index, context);
      const credited = index % 2 === 1;
      return {
        partnerId: PARTNER.tenantId,
        partnerName: PARTNER.name,
        customerId: customer.id,
        customerName: customer.companyName,
        customerDomainName: customer.domain,
        customerCountry: customer.address.country,
        invoiceNumber,
        productId: 'DZH318Z0BPS6',
        skuId: '0001',
        availabilityId: '',
        skuName: 'Azure plan',
        productName: 'Azure plan',
        publisherName: 'Microsoft',
        publisherId: '',
        subscriptionId: 'c0ffee00-0000-4000-8000-000000000001',
        subscriptionDescription: 'Subscription 1',
        chargeStartDate: '2026-01-01T00:00:00Z',
        chargeEndDate: '2026-02-01T00:00:00Z',
        usageDate: `2026-01-${digits(1 + (index % 28), 2)}T00:00:00Z`,
        meterType: '1 Compute Hour - 1core',
        meterCategory: 'Virtual Machines',
        meterId: '1core',
        meterSubCategory: 'BS Series',
        meterName: 'B1s - 1 Core Hours',
        meterRegion: 'EU West',
        unitOfMeasure: '1 Hour',
        resourceLocation: 'WESTEUROPE',
        consumedService: 'Microsoft.Compute',
        resourceGroup: 'SANDBOX-RG',
        resourceUri: `/subscriptions/c0ffee00-0000-4000-8000-000000000001/resourceGroups/SANDBOX-RG/vm${index}`,
        tags: '',
        additionalInfo: '{  "ImageType": null,  "ServiceType": "Standard_B1s"}',
        serviceInfo1: '',
        serviceInfo2: '',
        mpnId: PARTNER.mpnId,
        resellerMpnId: '',
        chargeType: 'new',
        unitPrice: 0.0209496384791679,
        quantity: 23.200004,
        unitType: '1 Hour',
        billingPreTaxTotal: 0.486031696515249,
        billingCurrency: currency,
        pricingPreTaxTotal: 0.486031696515249,
        pricingCurrency: currency,
        entitlementId: '1234547f-b249-4edd-9319-637862d8c0b4',
        entitlementDescription: 'Partner Subscription',
        pcToBCExchangeRate: 1,
        pcToBCExchangeRateDate: '2026-01-01T00:00:00Z',
        effectiveUnitPrice: 0,
        rateOfPartnerEarnedCredit: credited ? 0.15 : 0,
        hasPartnerEarnedCredit: credited,
        rateOfCredit: credited ? 0.15 : 0,
        creditType: credited ? 'Partner Earned Credit Applied' : 'Credit Not Applied',
        invoiceLineItemType: 'usage_line_items',
        billingProvider: 'marketplace',
        attributes: { objectType: 'DailyRatedUsageLineItem' },
      };
    },
  };
}
