import { randomBytes } from 'node:crypto';
import type { SandboxContext } from '#model/sandbox-context';
import { LEGACY_OFFERS } from '#seed/offers';
import { defined } from '#store/defined';
import {
  boughtSchema,
  type Cart,
  type Customer,
  type Order,
  type OrderLine,
  type PlainCartLine,
  type Subscription,
} from '#store/records';
import { announce, subscriptionUri } from '#webhooks/announce';
import type { Call } from '#wire/call';
import { wireTime } from '#wire/time';
import { agreedOrderStatus } from './agreed-input';
import { flatLines } from './flat-lines';
import { isLegacyItem } from './order-groups';
import { termEnd } from './term-end';

/** Makes the order of one group and the subscriptions it will yield, and stores them. */
export function placeOrder(
  cart: Cart,
  orderGroup: string,
  customer: Customer,
  call: Call,
  context: SandboxContext,
): Order {
  const flat = flatLines(cart.lines).filter(({ line }) => line.orderGroup === orderGroup);
  const [first] = flat;
  if (!first) throw new Error(`The cart has no group ${orderGroup}`);
  const legacy = isLegacyItem(first.line.catalogItemId);
  const now = context.clock.now();
  const subscriptionIds = new Map<number, string>();
  const lines = flat.map(({ line, parentId }) => {
    const made = orderLine(line, parentId === undefined ? undefined : subscriptionIds.get(parentId), context);
    if (made.subscriptionId !== undefined) subscriptionIds.set(line.id, made.subscriptionId);
    return made;
  });
  const order: Order = {
    ...orderIds(legacy),
    customerId: customer.id,
    country: customer.address.country,
    legacy,
    billingCycle: first.line.billingCycle,
    currencyCode: first.line.currencyCode,
    createdAt: now,
    // The running number keeps the orders of one checkout in sequence.
    creationDate: creationDate(now, context.store.orders.size, legacy),
    completesAt: legacy ? now : now + context.settings.orderDelaySeconds * 1000,
    lines,
    billed: false,
    ...defined({
      status: flat.map(({ line }) => agreedOrderStatus(line.friendlyName)).find((status) => status !== undefined),
    }),
    cause: { cartId: cart.id, orderGroup, requestId: call.requestId, correlationId: call.correlationId },
  };
  context.store.orders.put(order.id, order);
  for (const line of lines) {
    const made = subscriptionOf(order, line, context);
    if (!made) continue;
    context.store.subscriptions.put(made.id, made);
    announce('subscription-updated', subscriptionUri(made), context, { changedAt: made.visibleAt });
  }
  return order;
}

const endOf = ({ customTermEndDate }: OrderLine, termDuration: string, { createdAt }: Order): number =>
  customTermEndDate === undefined ? termEnd(createdAt, termDuration) : Date.parse(customTermEndDate);

/** The older commerce writes the time zone as an offset. */
const creationDate = (now: number, ticks: number, legacy: boolean): string =>
  legacy ? wireTime(now, ticks).replace('Z', '+00:00') : wireTime(now, ticks);

/** Older orders have one GUID as both ids; newer ones an id of 33 characters that ends with 1, and a short id of 12. */
function orderIds(legacy: boolean): { id: string; alternateId: string } {
  if (legacy) {
    const id = crypto.randomUUID();
    return { id, alternateId: id };
  }
  return { id: `${randomBytes(24).toString('base64url')}1`, alternateId: randomBytes(6).toString('hex') };
}

function orderLine(line: PlainCartLine, parentSubscriptionId: string | undefined, context: SandboxContext): OrderLine {
  const item = context.catalogue.item(line.catalogItemId);
  const legacyTitle = LEGACY_OFFERS[line.catalogItemId.toUpperCase()]?.title;
  // Perpetual software and reservations never get a subscription (page "checkout-a-cart").
  const subscribes = item?.offer.yields.endsWith('subscription') ?? true;
  return {
    ...boughtSchema.parse(line),
    cartLineId: line.id,
    friendlyName: line.friendlyName ?? item?.sku.title ?? legacyTitle ?? line.catalogItemId,
    cancelled: false,
    unitCents: item?.offer.unitCents ?? 0,
    ...defined({
      subscriptionId: subscribes ? crypto.randomUUID() : undefined,
      parentSubscriptionId: parentSubscriptionId ?? line.provisioningContext?.['parentSubscriptionId'],
    }),
  };
}

function subscriptionOf(order: Order, line: OrderLine, context: SandboxContext): Subscription | undefined {
  if (line.subscriptionId === undefined) return undefined;
  const item = context.catalogue.item(line.catalogItemId);
  const usage = order.legacy || item?.offer.yields === 'usage-subscription';
  return {
    id: line.subscriptionId,
    customerId: order.customerId,
    offerId: line.catalogItemId,
    offerName: item?.sku.title ?? line.friendlyName,
    friendlyName: line.friendlyName,
    country: order.country,
    quantity: line.quantity,
    unitType: usage ? 'Usage-based' : 'Licenses',
    createdAt: order.createdAt,
    visibleAt: order.completesAt,
    status: 'active',
    billingType: usage ? 'usage' : 'license',
    billingCycle: order.billingCycle,
    orderId: order.id,
    ...defined({
      productType: item?.product.productType.id,
      parentSubscriptionId: line.parentSubscriptionId,
      termDuration: line.termDuration,
      endsAt: line.termDuration === undefined ? undefined : endOf(line, line.termDuration, order),
    }),
  };
}
