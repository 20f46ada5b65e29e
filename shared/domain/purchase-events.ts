import { sequenceText, type CloudEvent } from './cloud-event';
import { uuidV5 } from './ids';
import { meaningOf, reasonOfOrder } from './order-status';
import { hasLiveLine, isOpenOrder, type Offer, type PlacedOrder, type Purchase } from './purchase';

/** What a purchase emits about itself; past tense, versioned in the type, never changed incompatibly. */
export const purchaseEventNames = [
  'accepted',
  'discovered',
  'carted',
  'quoted',
  'held',
  'resumed',
  'completed',
  'partially-completed',
  'rejected',
  'cancelled',
  'failed',
] as const;
export type PurchaseEventName = (typeof purchaseEventNames)[number];

/** What a purchase emits about each of its orders. */
export const orderEventNames = ['placed', 'completed', 'cancelled', 'failed'] as const;
type OrderEventName = (typeof orderEventNames)[number];

/** Which event a write emits: of the purchase, or of one of its orders. All else is taken from the purchase as it was written. */
export type EventOf =
  { about: 'purchase'; name: PurchaseEventName } | { about: 'order'; name: OrderEventName; orderId: string };

/**
 * The events of orders that a change of them makes due: every order is placed once, and ends once. Those that were placed
 * come first, so that the sequence does not depend on how late an order was found.
 */
export function orderEventsBetween(
  before: readonly PlacedOrder[],
  after: readonly PlacedOrder[],
  offers: readonly Offer[] | undefined,
): EventOf[] {
  const knownOf = new Map(before.map((order) => [order.orderId, order]));
  const placed = after.filter(({ orderId }) => !knownOf.has(orderId)).map((order) => orderEvent('placed', order));
  const ended = after.flatMap((order) => {
    const known = knownOf.get(order.orderId);
    const ending = endingOf(order, offers);
    const isNews = ending !== undefined && (known === undefined || ending !== endingOf(known, offers));
    return isNews ? [orderEvent(ending, order)] : [];
  });
  return [...placed, ...ended];
}

function orderEvent(name: OrderEventName, { orderId }: PlacedOrder): EventOf {
  return { about: 'order', name, orderId };
}

/** How an order ended, or undefined while it is open. One that was completed without a usable line has failed, too. */
function endingOf(
  order: PlacedOrder,
  offers: readonly Offer[] | undefined,
): Exclude<OrderEventName, 'placed'> | undefined {
  if (order.status === 'cancelled') return 'cancelled';
  if (isOpenOrder(order, offers)) return undefined;
  return hasLiveLine(order) ? 'completed' : 'failed';
}

/**
 * The event that tells of a purchase's last write. Everything in it comes from the purchase as it was written, so that
 * sending it again sends the same bytes.
 */
export function purchaseEvent(purchase: Purchase, event: EventOf, sequence: number): CloudEvent {
  const type = `cartage.${event.about}.${event.name}.v1`;
  return {
    specversion: '1.0',
    id: uuidV5(purchase.id, `${sequence}/${type}`),
    source: `/cartage/purchases/${purchase.id}`,
    type,
    subject: event.about === 'order' ? event.orderId : purchase.id,
    time: purchase.updatedAt,
    datacontenttype: 'application/json',
    sequence: sequenceText(sequence),
    partitionkey: purchase.id,
    audience: purchase.requester.kind,
    data: {
      purchaseId: purchase.id,
      requester: purchase.requester.id,
      requestId: purchase.requester.requestId,
      customerId: purchase.request.customerId,
      reference: purchase.request.reference,
      metadata: purchase.request.metadata,
      ...(event.about === 'order' ? orderData(purchase, event.orderId) : purchaseData(purchase)),
    },
  };
}

/** With the reason where the order's status says that it has failed, or that a part of it will not come. */
function orderData({ orders }: Purchase, orderId: string) {
  const order = orders?.find((one) => one.orderId === orderId);
  const kind = order && meaningOf(order.status).kind;
  const isShort = kind === 'failed' || kind === 'delivered-in-part';
  return { order, ...(order && isShort ? { reason: reasonOfOrder(order) } : {}) };
}

function purchaseData(purchase: Purchase) {
  return {
    status: purchase.status,
    stage: purchase.stage,
    country: purchase.country,
    lines: purchase.offers?.map(({ lineId, catalogItemId, quantity, billingCycle, termDuration }) => ({
      lineId,
      catalogItemId,
      quantity,
      billingCycle,
      termDuration,
    })),
    cartId: purchase.cart?.id,
    quote: purchase.status === 'quoted' ? purchase.cart : undefined,
    orders: purchase.orders,
    rejectedGroups: purchase.rejectedGroups,
    reason: purchase.reason,
  };
}
