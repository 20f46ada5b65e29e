import type { SandboxContext } from '#model/sandbox-context';
import { PARTNER } from '#seed/partner';
import type { Customer } from '#store/records';
import { decimalText, wireAmount } from '#wire/money';
import { UNSET, wireTime } from '#wire/time';
import { anyCustomer, billedOrders } from './billed-orders';
import type { Billed, LineSource } from './line-source';
import { share } from './share';

/**
 * OneTimeInvoiceLineItem (page "get-invoiceline-items", provider onetime). Amounts are strings as in the examples of
 * 2021; every seventh line is in the shape of the years before, with numbers, `org:` ids and the older names.
 */
export function oneTimeBilling(billed: Billed, context: SandboxContext): LineSource {
  const frame = frameOf(billed);
  const bought = billed.kind === 'invoice' ? billedOrders(billed.document, context) : undefined;
  const sign = billed.kind === 'invoice' && billed.document.documentType === 'void_note' && bought ? -1 : 1;
  if (bought) {
    return {
      count: bought.length,
      at: (index) => {
        const one = bought[index];
        if (!one) return {};
        const { order, line, customer } = one;
        const [productId = '', skuId = '', availabilityId = ''] = line.catalogItemId.split(':');
        return newer(frame, customer, {
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
  const count = context.settings.lineItems;
  const total = billed.kind === 'invoice' ? billed.document.totalCents : 100 * count;
  return {
    count,
    at: (index) => {
      const customer = anyCustomer(index, context);
      const line = generated(index, share(total, index, count), customer);
      return index % 7 === 6 ? older(frame, customer, line) : newer(frame, customer, line);
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
  orderDate: index % 5 === 4 ? UNSET : '2026-01-20T18:30:06.6045692Z',
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

/** What all lines of one invoice, or of one unbilled period, have in common. An unbilled period has no dates. */
interface Frame {
  readonly invoiceNumber: string;
  readonly currency: string;
  readonly start: string | undefined;
  readonly end: string | undefined;
}

const frameOf = (billed: Billed): Frame =>
  billed.kind === 'unbilled'
    ? { invoiceNumber: '', currency: billed.currencyCode, start: undefined, end: undefined }
    : {
        invoiceNumber: billed.document.id,
        currency: billed.document.currencyCode,
        start: wireTime(billed.document.periodStart),
        end: wireTime(billed.document.periodEnd),
      };

// One literal per shape, without spreading: objects put together from parts are six times slower to make and write,
// which matters for a million of them.
const newer = ({ invoiceNumber, currency, start, end }: Frame, customer: Customer, line: OneTimeLine): object => ({
  partnerId: PARTNER.tenantId,
  customerId: customer.id,
  customerName: customer.companyName,
  customerDomainName: customer.domain,
  customerCountry: customer.address.country,
  invoiceNumber,
  mpnId: PARTNER.mpnId,
  resellerMpnId: '0',
  orderId: line.orderId,
  orderDate: line.orderDate,
  productId: line.productId,
  skuId: line.skuId,
  availabilityId: line.availabilityId,
  productName: line.name,
  skuName: line.name,
  productQualifiers: [],
  chargeType: line.cents < 0 ? 'cancel' : 'new',
  unitPrice: decimalText(line.unitCents),
  effectiveUnitPrice: decimalText(line.unitCents),
  unitType: '',
  quantity: `${line.quantity}`,
  subtotal: decimalText(line.cents),
  taxTotal: '0',
  totalForCustomer: decimalText(line.cents),
  currency,
  publisherName: 'Microsoft Corporation',
  publisherId: '',
  subscriptionDescription: '',
  subscriptionId: line.subscriptionId,
  subscriptionStartDate: start,
  subscriptionEndDate: end,
  chargeStartDate: start,
  chargeEndDate: end,
  termAndBillingCycle: 'One-Month commitment for monthly/yearly billing',
  alternateId: line.alternateId,
  referenceId: customer.billingProfileId,
  priceAdjustmentDescription: '["Price for given billing period","Price for given term"]',
  discountDetails: '',
  pricingCurrency: currency,
  pcToBCExchangeRate: '1',
  pcToBCExchangeRateDate: '2026-01-01T00:00:00',
  billableQuantity: `${line.quantity}`,
  meterDescription: '',
  billingFrequency: 'Monthly',
  reservationOrderId: '',
  invoiceLineItemType: 'billing_line_items',
  billingProvider: 'one_time',
  promotionId: '',
  attributes: { objectType: 'OneTimeInvoiceLineItem' },
});

const older = ({ invoiceNumber, currency }: Frame, customer: Customer, line: OneTimeLine): object => ({
  partnerId: PARTNER.tenantId,
  customerId: `org:${customer.id}`,
  customerName: customer.companyName,
  customerDomainName: customer.domain,
  customerCountry: customer.address.country,
  invoiceNumber,
  mpnId: PARTNER.mpnId,
  resellerMpnId: 0,
  orderId: line.orderId,
  orderDate: line.orderDate,
  productId: line.productId,
  skuId: line.skuId,
  availabilityId: line.availabilityId,
  productName: line.name,
  skuName: line.name,
  chargeType: 'New',
  unitPrice: wireAmount(line.unitCents),
  effectiveUnitPrice: wireAmount(line.unitCents),
  unitType: '',
  quantity: line.quantity,
  subtotal: wireAmount(line.cents),
  taxTotal: 0,
  totalForCustomer: wireAmount(line.cents),
  currency,
  providerName: 'Microsoft',
  providerId: '',
  subscriptionDescription: '',
  subscriptionId: line.subscriptionId,
  termAndBillingCycle: 'One-Month commitment for monthly/yearly billing',
  quoteId: line.alternateId,
  discountDetails: '',
  pricingCurrency: currency,
  billableQuantity: line.quantity,
  invoiceLineItemType: 'billing_line_items',
  billingProvider: 'one_time',
  // Printed like this in the documentation's examples, so clients have to cope with it.
  'attributes/objectType': 'OneTimeInvoiceLineItem',
});
