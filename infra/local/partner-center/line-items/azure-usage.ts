import type { World } from '#local/partner-center/world';
import { azureCommon, zoneless } from './azure-common';
import { anyCustomer } from './billed-orders';
import { type Billed, type LineSource, noLines } from './line-source';

const day = 86_400_000;

/** DailyUsageLineItem (page "get-invoiceline-items", provider azure): quantities by day, no amounts. */
export function azureUsage(billed: Billed, world: World): LineSource {
  if (billed.kind === 'unbilled' || billed.document.billedLines.length > 0) return noLines;
  const { document } = billed;
  return {
    count: world.settings.lineItems,
    at: (index) => ({
      customerBillableAccount: '1439508127',
      usageDate: zoneless(document.periodStart + (index % 30) * day),
      meteredService: 'STORAGE',
      meteredServiceType: 'EXTERNAL',
      meteredRegion: 'EUROPE WEST',
      project: 'orders',
      serviceInfo: '',
      invoiceLineItemType: 'usage_line_items',
      ...azureCommon(document, anyCustomer(index, world), index),
      consumedQuantity: 0.0987 * (1 + (index % 30)),
      attributes: { objectType: 'DailyUsageLineItem' },
    }),
  };
}
