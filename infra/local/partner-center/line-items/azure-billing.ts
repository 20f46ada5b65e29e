import { wireAmount } from '#local/partner-center/rules/money';
import type { World } from '#local/partner-center/world';
import { azureCommon } from './azure-common';
import { anyCustomer } from './billed-orders';
import { share } from './share';
import { type Billed, type LineSource, noLines } from './line-source';

/** UsageBasedLineItem (page "get-invoiceline-items", provider azure). On seeded invoices half the total is usage. */
export function azureBilling(billed: Billed, world: World): LineSource {
  if (billed.kind === 'unbilled' || billed.document.billedLines.length > 0) return noLines;
  const { document } = billed;
  const count = world.settings.lineItems;
  const total = document.totalCents - Math.floor(document.totalCents / 2);
  return {
    count,
    at: (index) => {
      const cents = share(total, index, count);
      return {
        detailLineItemId: String(index),
        sku: '7UD-00001',
        includedQuantity: 0,
        overageQuantity: 2.9616,
        listPrice: 0.0036,
        currency: document.currencyCode,
        pretaxCharges: wireAmount(cents),
        taxAmount: 0,
        postTaxTotal: wireAmount(cents),
        pretaxEffectiveRate: 0.0036,
        postTaxEffectiveRate: 0.0036,
        chargeType: 'ASSESS USAGE FEE FOR CURRENT CYCLE',
        invoiceLineItemType: 'billing_line_items',
        ...azureCommon(document, anyCustomer(index, world), index),
        consumedQuantity: 2.9616,
        attributes: { objectType: 'UsageBasedLineItem' },
      };
    },
  };
}
