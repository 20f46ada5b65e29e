import { defined } from '#shared/domain/defined';
import { meaningOf } from '#shared/domain/order-status';
import { isOpenOrder, type ItemKind, type PlacedOrder, type Purchase } from '#shared/domain/purchase';
import { getOrder, getProvisioningStatus } from '#shared/partner-center/resources/orders';
import type { Stage } from '#shared/pipeline/stage';
import type { StageContext } from '#shared/pipeline/stage';
import { readIfPermitted } from './read-if-permitted';
import { cancelOrders, type CancelledOrders } from './cancel-orders';
import { judgeOrders, withCancellation } from './judge-orders';
import { readFulfilment } from './read-fulfilment';
import type { Poll } from './merge-poll';

/**
 * Follows each order until it is completed and provisioned, then reads once what the customer got. Orders are read by
 * their ids; the list would lag behind by up to 15 minutes (page "Get an order by ID").
 */
export const trackingStage: Stage<'tracking'> = {
  name: 'tracking',
  async run(tracked, context) {
    const cancelled = await afterCancellation(tracked, context);
    const purchase = { ...tracked, orders: cancelled.orders };
    const { trackProvisioning, trackingIntervalsSeconds } = context.settings;
    const unsettled = purchase.orders.filter(
      (order) => isOpenOrder(order, purchase.offers) || (trackProvisioning && isUnprovisioned(order)),
    );
    const polls = await Promise.all(unsettled.map((order) => poll(purchase, order, context)));
    const judged = judgeOrders(purchase, polls, trackingIntervalsSeconds, context.now());
    const outcome = withCancellation(judged, cancelled);
    if (outcome.kind !== 'complete' || !trackProvisioning) return outcome;
    const { orders, notRead } = await readFulfilment(purchase, outcome.changes.orders, context);
    const notes = new Set([outcome.note, ...notRead.map((what) => `not read: ${what}`)]);
    return { ...outcome, note: [...notes].join(', '), changes: { ...outcome.changes, orders } };
  },
};

/** Carries out what an operator wants cancelled, where there is any. */
function afterCancellation(purchase: Purchase, context: StageContext): Promise<CancelledOrders> | CancelledOrders {
  const { cancellation, orders = [] } = purchase;
  return cancellation === undefined ? { orders } : cancelOrders(purchase, cancellation, context);
}

/** A pending order is asked for its status alone; a completed one for its provisioning, and for itself only if it may have news. */
async function poll(purchase: Purchase, known: PlacedOrder, context: StageContext): Promise<Poll> {
  const { partnerCenter, settings } = context;
  const { customerId } = purchase.request;
  const { orderId } = known;
  const isKnown = isDelivered(known) && !mayHaveNews(purchase, known);
  const order = isKnown ? undefined : await getOrder(partnerCenter, customerId, orderId, {}, context.read());
  const answer = { orderId, ...defined({ order }) };
  if (!isDelivered(order ?? known) || !settings.trackProvisioning) return answer;
  const provisioning = await readIfPermitted(getProvisioningStatus(partnerCenter, customerId, orderId, context.read()));
  return { ...answer, provisioning };
}

/** Completed, at least in part: its lines may be there. */
function isDelivered({ status }: Pick<PlacedOrder, 'status'>): boolean {
  return meaningOf(status).kind.startsWith('delivered');
}

/** Completed, but whether its lines can be used is not known yet. */
function isUnprovisioned(order: PlacedOrder): boolean {
  return isDelivered(order) && order.lines.some(({ provisioning }) => provisioning === undefined);
}

/** What never becomes a subscription (page "Check out an order for a customer in a cart"). */
const WITHOUT_SUBSCRIPTION = new Set<ItemKind | undefined>(['perpetual-software', 'reservation']);

/** A line that is not told apart yet, or whose subscription may still come. */
function mayHaveNews({ offers = [] }: Purchase, { lines }: PlacedOrder): boolean {
  const kindOf = new Map(offers.map(({ lineId, kind }) => [lineId, kind]));
  return lines.some(
    ({ lineId, lineItemNumber, subscriptionId }) =>
      lineItemNumber === undefined || (subscriptionId === undefined && !WITHOUT_SUBSCRIPTION.has(kindOf.get(lineId))),
  );
}
