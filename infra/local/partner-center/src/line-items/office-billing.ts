import type { SandboxContext } from '#model/sandbox-context';
import { PARTNER } from '#seed/partner';
import type { Customer } from '#store/records';
import { digits } from '#wire/digits';
import { wireAmount } from '#wire/money';
import { zoneless } from '#wire/time';
import { anyCustomer, billedOrders } from './billed-orders';
import { type Billed, type LineSource, NO_LINES } from './line-source';
import { share } from './share';

/** LicenseBasedLineItem (page "get-invoiceline-items", provider office). On seeded invoices half of the total is licences. */
export function officeBilling(billed: Billed, context: SandboxContext): LineSource {
  if (billed.kind === 'unbilled') return NO_LINES;
  const { document } = billed;
  const dates = { start: zoneless(document.periodStart), end: zoneless(document.periodEnd) };
  const bought = billedOrders(document, context);
  const sign = document.documentType === 'void_note' ? -1 : 1;
  if (bought) {
    return {
      count: bought.length,
      at: (index) => {
        const one = bought[index];
        if (!one) return {};
        const { order, line, customer } = one;
        return body(customer, document.currencyCode, dates, {
          orderId: order.id,
          subscriptionId: line.subscriptionId ?? order.id,
          offerId: line.catalogItemId,
          name: line.friendlyName,
          quantity: line.quantity,
          unitCents: line.unitCents,
          cents: sign * line.unitCents * line.quantity,
        });
      },
    };
  }
  const count = context.settings.lineItems;
  const total = Math.floor(document.totalCents / 2);
  return {
    count,
    at: (index) => {
      const cents = share(total, index, count);
      return body(anyCustomer(index, context), document.currencyCode, dates, {
        orderId: `567${digits(index, 15)}`,
        subscriptionId: `4KIKawEAAAA${digits(index, 7)}`,
        offerId: 'AAA5B3F0-0EE2-431B-A42F-3F18F3C6D540',
        name: 'EXCHANGE ONLINE (PLAN 2)',
        quantity: 1,
        unitCents: cents,
        cents,
      });
    },
  };
}

interface Licence {
  readonly orderId: string;
  readonly subscriptionId: string;
  readonly offerId: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitCents: number;
  readonly cents: number;
}

const body = (
  customer: Customer,
  currency: string,
  dates: { start: string; end: string },
  licence: Licence,
): object => ({
  partnerId: PARTNER.tenantId,
  customerId: customer.id.toUpperCase(),
  customerName: customer.companyName,
  mpnId: Number(PARTNER.mpnId),
  tier2MpnId: -1,
  orderId: licence.orderId,
  subscriptionId: licence.subscriptionId,
  syndicationPartnerSubscriptionNumber: customer.commerceId.toUpperCase(),
  offerId: licence.offerId,
  durableOfferId: licence.offerId,
  offerName: licence.name,
  domainName: customer.domain,
  billingCycleType: 'MONTHLY',
  subscriptionName: licence.name,
  subscriptionDescription: licence.name,
  subscriptionStartDate: dates.start,
  subscriptionEndDate: dates.end,
  chargeStartDate: dates.start,
  chargeEndDate: dates.end,
  chargeType: licence.cents < 0 ? 'Cancel' : 'New',
  unitPrice: wireAmount(licence.unitCents),
  quantity: licence.quantity,
  amount: wireAmount(licence.cents),
  totalOtherDiscount: 0,
  subtotal: wireAmount(licence.cents),
  tax: 0,
  totalForCustomer: wireAmount(licence.cents),
  currency,
  invoiceLineItemType: 'billing_line_items',
  billingProvider: 'office',
  attributes: { objectType: 'LicenseBasedLineItem' },
});
