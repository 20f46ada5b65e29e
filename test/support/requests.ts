import { CUSTOMER } from './builders';

/** Requests for things of the sandbox's catalogue. */

/** Three lines in two order groups: monthly, one time, monthly. */
export const threeLines = {
  customerId: CUSTOMER,
  lines: [
    { productId: 'DZH318Z0CSA1', skuId: '0001', quantity: 5, termDuration: 'P1M', billingCycle: 'monthly' },
    { productId: 'DG7GMGF0D5P1', skuId: '0001', quantity: 2 },
    { productId: 'CFQ7TTC0LH18', skuId: '0001', quantity: 1, termDuration: 'P1Y', billingCycle: 'monthly' },
  ],
};

/** A reservation for a subscription that is registered. */
export const reservation = {
  customerId: '5f1c6a77-93b8-4f0a-8a8e-7c2f8f3b2c02',
  lines: [
    {
      productId: 'DZH318Z0RVM1',
      skuId: '00B1',
      quantity: 1,
      termDuration: 'P1Y',
      azureSubscriptionId: 'c0ffee00-0000-4000-8000-000000000002',
    },
  ],
};

/** One line of a single item. */
export function oneLine(productId: string, skuId: string, rest: Record<string, unknown> = {}) {
  return { customerId: CUSTOMER, lines: [{ productId, skuId, quantity: 1, ...rest }] };
}
