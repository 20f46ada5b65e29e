import type { Transport } from '#shared/partner-center/http/transport';
import { checkoutCart, createCart, type NewCartLine } from '#shared/partner-center/resources/carts';
import { getSku, listAvailabilities } from '#shared/partner-center/resources/catalogue';
import type { Order } from '#shared/partner-center/resources/orders';
import { aCall } from './client-of-sandbox';

/** A line for a product as it is sold now. */
export async function lineFor(
  pc: Transport,
  customerId: string,
  productId: string,
  skuId: string,
  changes: Partial<NewCartLine> = {},
): Promise<NewCartLine> {
  const sku = await getSku(pc, { kind: 'customer', customerId }, productId, skuId, {}, aCall());
  const [availability] = await listAvailabilities(pc, { kind: 'customer', customerId }, productId, skuId, {}, aCall());
  if (availability === undefined) throw new Error(`${productId} is not sold`);
  const term = availability.terms[0];
  return {
    catalogItemId: availability.catalogItemId,
    quantity: 1,
    billingCycle: term?.billingCycle ?? sku.supportedBillingCycles[0] ?? 'none',
    termDuration: term?.duration,
    ...changes,
  };
}

/** Buys these lines; every order group must be bought. */
export async function buy(
  pc: Transport,
  customerId: string,
  ...lineItems: readonly NewCartLine[]
): Promise<readonly Order[]> {
  const { id } = await createCart(pc, customerId, { lineItems }, aCall());
  const { orders, orderErrors } = await checkoutCart(pc, customerId, id, aCall());
  if (orderErrors.length > 0) throw new Error(`not everything was bought: ${JSON.stringify(orderErrors)}`);
  return orders;
}
