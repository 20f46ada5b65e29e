import { partner } from '#local/partner-center/seed/partner';
import type { Customer, InvoiceDocument } from '#local/partner-center/store/records';

/** The members both kinds of Azure line share (page "invoice-resources"). */
export const azureCommon = (document: InvoiceDocument, customer: Customer, index: number): object => ({
  partnerId: partner.tenantId.toUpperCase(),
  partnerName: partner.name,
  partnerBillableAccountId: '1010578050',
  customerId: customer.id.toUpperCase(),
  domainName: customer.domain,
  customerCompanyName: customer.companyName,
  mpnId: Number(partner.mpnId),
  tier2MpnId: -1,
  invoiceNumber: document.id,
  subscriptionId: 'C0FFEE00-0000-4000-8000-000000000001',
  subscriptionName: 'MICROSOFT AZURE',
  subscriptionDescription: 'MICROSOFT AZURE',
  billingCycleType: 'MONTHLY',
  orderId: String(568_297_985_577_171_000 + index),
  serviceName: 'STORAGE',
  serviceType: 'STANDARD PAGE BLOB',
  resourceGuid: '9CC63CF8-6593-410A-B0E7-26A4EF71E8B3',
  resourceName: 'DISK DELETE OPERATIONS',
  region: '',
  chargeStartDate: zoneless(document.periodStart),
  chargeEndDate: zoneless(document.periodEnd),
  unit: '10K',
  billingProvider: 'azure',
});

/** Dates of the older commerce have no zone. */
export const zoneless = (time: number): string => `${new Date(time).toISOString().slice(0, 10)}T00:00:00`;
