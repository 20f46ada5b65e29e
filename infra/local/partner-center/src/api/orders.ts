import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import type { Order } from '#store/records';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { collection } from '#wire/link';
import { selfOf } from '#wire/paging';
import { refusal, type RefusalName } from '#wire/refusal';
import { customerOf } from './customer-of';
import { orderBody } from './order-body';

const PATH = '/v1/customers/{customerId}/orders';

/** Orders (pages "get-all-of-a-customer-s-orders", "get-a-list-of-orders-by-customer-and-billing-cycle-type", "get-an-order-by-id"). */
export const orderRoutes: readonly Route[] = [
  { name: 'listOrders', method: 'GET', path: PATH, access: 'token', throttle: 'tenant', answer: list },
  { name: 'getOrder', method: 'GET', path: `${PATH}/{orderId}`, access: 'token', throttle: 'tenant', answer: one },
];

const BILLING_TYPES: ReadonlySet<string> = new Set([
  'unknown',
  'monthly',
  'annual',
  'none',
  'onetime',
  'triennial',
  'biennial',
]);

/** A new order appears in lists up to 15 minutes late (both pages say so). */
function list(call: Call, context: SandboxContext): Answer {
  const customer = customerOf(call, context);
  const type = call.query.word('billingType');
  if (type !== undefined && !BILLING_TYPES.has(type)) throw refusal('invalidEnum', 'billingType is not known.');
  const now = context.clock.now();
  const seen = context.store.orders
    .of(customer.id)
    .filter((order) => order.createdAt + context.settings.listLagSeconds * 1000 <= now)
    .filter((order) => type === undefined || order.billingCycle.replaceAll('_', '') === type);
  const withPrice = call.query.flag('include_price');
  return json(
    collection(
      seen.map((order) => orderBody(order, now, withPrice)),
      selfOf(call),
    ),
  );
}

function one(call: Call, context: SandboxContext): Answer {
  return json(orderBody(orderOf(call, context), context.clock.now(), call.query.flag('include_price')));
}

/**
 * The order of this customer that the path names; a new one may be hidden for a while, with the refusal given. The ids of
 * newer orders are case-sensitive, those of older ones are GUIDs.
 */
export function orderOf(call: Call, context: SandboxContext, hidden: RefusalName = 'orderUnknown'): Order {
  const customer = customerOf(call, context);
  const id = call.param('orderId');
  const isNamed = (one: Order): boolean =>
    one.alternateId === id || (one.legacy && one.id.toLowerCase() === id.toLowerCase());
  const order = context.store.orders.get(id) ?? context.store.orders.of(customer.id).find(isNamed);
  if (order?.customerId !== customer.id) throw refusal('orderUnknown');
  if (order.createdAt + context.settings.orderReadLagSeconds * 1000 > context.clock.now()) throw refusal(hidden);
  return order;
}
