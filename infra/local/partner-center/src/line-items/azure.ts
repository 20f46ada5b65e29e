import type { SandboxContext } from '#model/sandbox-context';
import { PARTNER } from '#seed/partner';
import type { Customer, InvoiceDocument } from '#store/records';
import { digits } from '#wire/digits';
import { wireAmount } from '#wire/money';
import { zoneless } from '#wire/time';
import { anyCustomer } from './billed-orders';
import { type Billed, type LineSource, NO_LINES } from './line-source';
import { share } from './share';

const DAY = 86_400_000;

/** UsageBasedLineItem (page "get-invoiceline-items", provider azure, billing). On seeded invoices half of the total is usage. */
export function azureBilling(billed: Billed, context: SandboxContext): LineSource {
  if (billed.kind === 'unbilled' || billed.document.billedLines.length > 0) return NO_LINES;
  const { document } = billed;
  const count = context.settings.lineItems;
  const total = document.totalCents - Math.floor(document.totalCents / 2);
  return { count, at: (index) => line(document, anyCustomer(index, context), index, share(total, index, count)) };
}

/** DailyUsageLineItem (the same page, usage): quantities by day, no amounts. */
export function azureUsage(billed: Billed, context: SandboxContext): LineSource {
  if (billed.kind === 'unbilled' || billed.document.billedLines.length > 0) return NO_LINES;
  const { document } = billed;
  const count = context.settings.lineItems;
  return { count, at: (index) => line(document, anyCustomer(index, context), index, undefined) };
}

/** Both kinds in one literal; what a kind lacks is undefined and so not written. With `cents` it is a billing line. */
function line(document: InvoiceDocument, customer: Customer, index: number, cents: number | undefined): object {
  const billing = cents !== undefined;
  const amount = billing ? wireAmount(cents) : undefined;
  const rate = billing ? 0.0036 : undefined;
  const usage = (text: string): string | undefined => (billing ? undefined : text);
  return {
    detailLineItemId: billing ? `${index}` : undefined,
    sku: billing ? '7UD-00001' : undefined,
    includedQuantity: billing ? 0 : undefined,
    overageQuantity: billing ? 2.9616 : undefined,
    listPrice: rate,
    currency: billing ? document.currencyCode : undefined,
    pretaxCharges: amount,
    taxAmount: billing ? 0 : undefined,
    postTaxTotal: amount,
    pretaxEffectiveRate: rate,
    postTaxEffectiveRate: rate,
    chargeType: billing ? 'ASSESS USAGE FEE FOR CURRENT CYCLE' : undefined,
    customerBillableAccount: usage('1439508127'),
    usageDate: billing ? undefined : zoneless(document.periodStart + (index % 30) * DAY),
    meteredService: usage('STORAGE'),
    meteredServiceType: usage('EXTERNAL'),
    meteredRegion: usage('EUROPE WEST'),
    project: usage('orders'),
    serviceInfo: usage(''),
    invoiceLineItemType: billing ? 'billing_line_items' : 'usage_line_items',
    partnerId: PARTNER.tenantId.toUpperCase(),
    partnerName: PARTNER.name,
    partnerBillableAccountId: '1010578050',
    customerId: customer.id.toUpperCase(),
    domainName: customer.domain,
    customerCompanyName: customer.companyName,
    mpnId: Number(PARTNER.mpnId),
    tier2MpnId: -1,
    invoiceNumber: document.id,
    subscriptionId: 'C0FFEE00-0000-4000-8000-000000000001',
    subscriptionName: 'MICROSOFT AZURE',
    subscriptionDescription: 'MICROSOFT AZURE',
    billingCycleType: 'MONTHLY',
    orderId: `568${digits(index, 15)}`,
    serviceName: 'STORAGE',
    serviceType: 'STANDARD PAGE BLOB',
    resourceGuid: '9CC63CF8-6593-410A-B0E7-26A4EF71E8B3',
    resourceName: 'DISK DELETE OPERATIONS',
    region: '',
    consumedQuantity: billing ? 2.9616 : 0.5 + (index % 30),
    chargeStartDate: zoneless(document.periodStart),
    chargeEndDate: zoneless(document.periodEnd),
    unit: '10K',
    billingProvider: 'azure',
    attributes: { objectType: billing ? 'UsageBasedLineItem' : 'DailyUsageLineItem' },
  };
}
