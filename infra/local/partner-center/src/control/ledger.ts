import type { SandboxContext } from '#model/sandbox-context';
import { orderStatus } from '#rules/order-status';
import type { Order } from '#store/records';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';

/**
 * Every order with the request that caused it, oldest first, so that a test can count them. `customerId`, `cartId` and `catalogItemId`
 * in the query narrow the list.
 */
export function ledger(call: Call, context: SandboxContext): Answer {
  const customerId = call.query.get('customerId');
  const cartId = call.query.get('cartId');
  const item = call.query.get('catalogItemId');
  const orders = [...context.store.orders.all()]
    .filter((order) => customerId === undefined || order.customerId === customerId)
    .filter((order) => cartId === undefined || order.cause.cartId === cartId)
    .filter((order) => item === undefined || order.lines.some((line) => line.catalogItemId === item));
  return json({ count: orders.length, orders: orders.map((order) => entry(order, context.clock.now())) });
}

const entry = (order: Order, now: number): object => ({
  orderId: order.id,
  alternateId: order.alternateId,
  customerId: order.customerId,
  cartId: order.cause.cartId,
  orderGroup: order.cause.orderGroup,
  requestId: order.cause.requestId,
  correlationId: order.cause.correlationId,
  creationDate: order.creationDate,
  status: orderStatus(order, now),
  billingCycle: order.billingCycle,
  currencyCode: order.currencyCode,
  lines: order.lines.map((line, index) => ({
    lineItemNumber: index,
    cartLineId: line.cartLineId,
    catalogItemId: line.catalogItemId,
    quantity: line.quantity,
    friendlyName: line.friendlyName,
    cancelled: line.cancelled,
    subscriptionId: line.subscriptionId,
  })),
});
