import type { Cancellation, PlacedOrder, Purchase } from '#shared/domain/purchase';
import { PartnerCenterError, type Remedy } from '#shared/partner-center/errors/partner-center-error';
import { cancelOrder, getOrder } from '#shared/partner-center/resources/orders';
import type { StageContext } from '#shared/pipeline/stage';

/** How far the cancellation of a purchase's orders has come. */
export interface CancelledOrders {
  /** All orders of the purchase; those that are cancelled by now say so. */
  readonly orders: PlacedOrder[];
  /** What is still to be cancelled, or not known to be; absent when there is nothing left to do. */
  readonly cancellation?: Cancellation;
  /** Why Partner Center refused an order, in its own words. */
  readonly refusal?: string;
}

/** A cancellation whose answer was lost may still have its effect for so long. */
const LATE_EFFECT_SECONDS = 15 * 60;

/**
 * Cancels the orders that an operator wants cancelled, one after the other, and no further once Partner Center refuses one
 * (page "Cancel software purchases"). Each is an effect like checkout: the intent is written first, the request id stays the
 * same until an answer came, and before anything is sent again the order itself is read.
 */
export async function cancelOrders(
  purchase: Purchase,
  cancellation: Cancellation,
  context: StageContext,
): Promise<CancelledOrders> {
  let orders = purchase.orders ?? [];
  let left = cancellation;
  for (const orderId of cancellation.orderIds) {
    const result = await cancelOne(purchase, orderId, left, context);
    left = result.cancellation;
    if (result.kind === 'unknown') return { orders, cancellation: left };
    if (result.kind === 'reject') return { orders, refusal: result.why };
    orders = orders.map((order) => (order.orderId === orderId ? { ...order, status: 'cancelled' } : order));
    left = { ...left, orderIds: left.orderIds.filter((id) => id !== orderId) };
  }
  return { orders };
}

type Result = { readonly cancellation: Cancellation } & (
  { readonly kind: 'done' | 'unknown' } | { readonly kind: 'reject'; readonly why: string }
);

async function cancelOne(
  purchase: Purchase,
  orderId: string,
  cancellation: Cancellation,
  context: StageContext,
): Promise<Result> {
  const { customerId } = purchase.request;
  const operation = `cancel/${orderId}`;
  const { status } = await getOrder(context.partnerCenter, customerId, orderId, {}, context.read());
  if (status === 'cancelled') return { kind: 'done', cancellation };
  const sentBefore = cancellation.sent?.orderId === orderId ? cancellation.sent : undefined;
  const sent = sentBefore ?? { orderId, at: context.now().toISOString() };
  const begun = { ...cancellation, sent };
  if (!sentBefore) await context.intend({ cancellation: begun }, `cancelling order ${orderId}`);
  const why = await refusalOf(
    context.effect(operation, (call) => cancelOrder(context.partnerCenter, customerId, orderId, undefined, call), {
      previousOutcomeUnknown: sentBefore !== undefined,
    }),
  );
  if (why === undefined) return { kind: 'done', cancellation: begun };
  const isLate = context.now().getTime() - Date.parse(sent.at) >= LATE_EFFECT_SECONDS * 1000;
  if (sentBefore && !isLate) return { kind: 'unknown', cancellation: begun };
  if (sentBefore) context.closeOperation(operation);
  return { kind: 'reject', why: `order ${orderId}: ${why}`, cancellation: begun };
}

const FINAL: ReadonlySet<Remedy> = new Set(['reject', 'hold', 'refresh-catalogue']);

/** Why Partner Center refused, or undefined when it did not. What is not an answer is thrown. */
async function refusalOf(cancelling: Promise<unknown>): Promise<string | undefined> {
  try {
    await cancelling;
    return undefined;
  } catch (error) {
    const isRefusal = error instanceof PartnerCenterError && error.outcomeKnown && FINAL.has(error.remedy);
    if (!isRefusal) throw error;
    return `${error.message} ${error.advice}`;
  }
}
