import { unset, wireTime } from '#local/partner-center/clock';
import { decimalText, wireAmount } from '#local/partner-center/rules/money';
import { partner } from '#local/partner-center/seed/partner';
import type { Customer } from '#local/partner-center/store/records';
import type { World } from '#local/partner-center/world';
import { anyCustomer, billedOrders } from './billed-orders';
import { share } from './share';
import type { Billed, LineSource } from './line-source';

/**
 * OneTimeInvoiceLineItem (page "get-invoiceline-items", provider onetime). Amounts are strings as in the examples of
 * 2021; every seventh line is in the shape of the years before, with numbers, `org:` ids and the older names.
 */
export function oneTimeBilling(billed: Billed, world: World): LineSource {
  const bought = billed.kind === 'invoice' ? billedOrders(billed.document, world) : undefined;
  const sign = billed.kind === 'invoice' && billed.document.documentType === 'void_note' && bought ? -1 : 1;
  if (bought) {
    return {
      count: bought.length,
      at: (index) => {
        const one = bought[index];
        if (!one) return {};
        const { order, line, customer } = one;
        const [productId = '', skuId = '', availabilityId = ''] = line.catalogItemId.split(':');
        return newer(billed, customer, {
          orderId: order.id,
          orderDate: order.creationDate,
          productId,
          skuId,
          availabilityId,
          name: line.friendlyName,
          alternateId: order.alternateId,
          subscriptionId: line.subscriptionId ?? '',
          quantity: line.quantity,
          unitCents: line.unitCents,
          cents: sign * line.unitCents * line.quantity,
        });
      },
    };
  }
  const count = world.settings.lineItems;
  const total = billed.kind === 'invoice' ? billed.document.totalCents : 100 * count;
  return {
    count,
    at: (index) => {
      const customer = anyCustomer(index, world);
      const line = generated(index, share(total, index, count), customer);
      return index % 7 === 6 ? older(billed, customer, line) : newer(billed, customer, line);
    },
  };
}

interface OneTimeLine {
  readonly orderId: string;
  readonly orderDate: string;
  readonly productId: string;
  readonly skuId: string;
  readonly availabilityId: string;
  readonly name: string;
  readonly alternateId: string;
  readonly subscriptionId: string;
  readonly quantity: number;
  readonly unitCents: number;
  readonly cents: number;
}

const generated = (index: number, cents: number, customer: Customer): OneTimeLine => ({
  orderId: index.toString(16).padStart(12, '0'),
  orderDate: index % 5 === 4 ? unset : '2026-01-20T18:30:06.6045692Z',
  productId: 'CFQ7TTC0LH18',
  skuId: '0001',
  availabilityId: 'CFQ7TTC0K971',
  name: 'Microsoft 365 Business Basic',
  alternateId: index.toString(16).padStart(12, '0'),
  subscriptionId: customer.commerceId,
  quantity: 1,
  unitCents: cents,
  cents,
});

const invoiceNumber = (billed: Billed): string => (billed.kind === 'invoice' ? billed.document.id : '');
const currencyOf = (billed: Billed): string =>
  billed.kind === 'invoice' ? billed.document.currencyCode : billed.currencyCode;

const common = (billed: Billed, customer: Customer, line: OneTimeLine): object => ({
  partnerId: partner.tenantId,
  customerName: customer.companyName,
  customerDomainName: customer.domain,
  customerCountry: customer.address.country,
  invoiceNumber: invoiceNumber(billed),
  mpnId: partner.mpnId,
  orderId: line.orderId,
  orderDate: line.orderDate,
  productId: line.productId,
  skuId: line.skuId,
  availabilityId: line.availabilityId,
  productName: line.name,
  skuName: line.name,
  chargeType: line.cents < 0 ? 'cancel' : 'new',
  unitType: '',
  currency: currencyOf(billed),
  subscriptionDescription: '',
  subscriptionId: line.subscriptionId,
  termAndBillingCycle: 'One-Month commitment for monthly/yearly billing',
  discountDetails: '',
  pricingCurrency: currencyOf(billed),
  invoiceLineItemType: 'billing_line_items',
  billingProvider: 'one_time',
  attributes: { objectType: 'OneTimeInvoiceLineItem' },
});

const newer = (billed: Billed, customer: Customer, line: OneTimeLine): object => ({
  ...common(billed, customer, line),
  customerId: customer.id,
  resellerMpnId: '0',
  productQualifiers: [],
  unitPrice: decimalText(line.unitCents),
  effectiveUnitPrice: decimalText(line.unitCents),
  quantity: String(line.quantity),
  subtotal: decimalText(line.cents),
  taxTotal: '0',
  totalForCustomer: decimalText(line.cents),
  publisherName: 'Microsoft Corporation',
  publisherId: '',
  ...period(billed),
  alternateId: line.alternateId,
  referenceId: customer.billingProfileId,
  priceAdjustmentDescription: '["Price for given billing period","Price for given term"]',
  pcToBCExchangeRate: '1',
  pcToBCExchangeRateDate: '2026-01-01T00:00:00',
  billableQuantity: String(line.quantity),
  meterDescription: '',
  billingFrequency: 'Monthly',
  reservationOrderId: '',
  promotionId: '',
});

const older = (billed: Billed, customer: Customer, line: OneTimeLine): object => ({
  ...common(billed, customer, line),
  customerId: `org:${customer.id}`,
  resellerMpnId: 0,
  unitPrice: wireAmount(line.unitCents),
  effectiveUnitPrice: wireAmount(line.unitCents),
  quantity: line.quantity,
  subtotal: wireAmount(line.cents),
  taxTotal: 0,
  totalForCustomer: wireAmount(line.cents),
  providerName: 'Microsoft',
  providerId: '',
  quoteId: line.alternateId,
  billableQuantity: line.quantity,
});

function period(billed: Billed): object {
  if (billed.kind === 'unbilled') return {};
  const start = wireTime(billed.document.periodStart);
  const end = wireTime(billed.document.periodEnd);
  return { subscriptionStartDate: start, subscriptionEndDate: end, chargeStartDate: start, chargeEndDate: end };
}
