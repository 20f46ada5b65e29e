import { json, type Answer } from '#http/answer';
import type { Call } from '#http/call';
import { collection } from '#http/link';
import { selfOf } from '#http/paging';
import { refusal, type RefusalName } from '#http/refusal';
import type { Route } from '#http/route';
import type { Order } from '#store/records';
import type { World } from '#world';
import { customerOf } from './customer-of';
import { orderBody } from './order-body';

const path = '/v1/customers/{customerId}/orders';

/** Orders (pages "get-all-of-a-customer-s-orders", "get-a-list-of-orders-by-customer-and-billing-cycle-type", "get-an-order-by-id"). */
export const orderRoutes: readonly Route[] = [
  { name: 'listOrders', method: 'GET', path, access: 'token', throttle: 'tenant', answer: list },
  { name: 'getOrder', method: 'GET', path: `${path}/{orderId}`, access: 'token', throttle: 'tenant', answer: one },
];

const billingTypes: ReadonlySet<string> = new Set([
  'unknown',
  'monthly',
  'annual',
  'none',
  'onetime',
  'triennial',
  'biennial',
]);

/** A new order shows up in lists up to 15 minutes late (both list pages say so). */
function list(call: Call, world: World): Answer {
  const customer = customerOf(call, world);
  const type = call.query.word('billingType');
  if (type !== undefined && !billingTypes.has(type)) throw refusal('invalidEnum', 'billingType is not known.');
  const now = world.clock.now();
  const seen = world.store.orders
    .of(customer.id)
    .filter((order) => order.createdAt + world.settings.listLagSeconds * 1000 <= now)
    .filter((order) => type === undefined || order.billingCycle.replaceAll('_', '') === type);
  const withPrice = call.query.flag('include_price');
  return json(
    collection(
      seen.map((order) => orderBody(order, now, withPrice)),
      selfOf(call),
    ),
  );
}

function one(call: Call, world: World): Answer {
  return json(orderBody(orderOf(call, world), world.clock.now(), call.query.flag('include_price')));
}

/**
 * The order the path names, of this customer; a fresh one may be hidden for a while, by the refusal given. Ids of newer
 * orders are case-sensitive, those of older ones are GUIDs.
 */
export function orderOf(call: Call, world: World, hidden: RefusalName = 'orderUnknown'): Order {
  const customer = customerOf(call, world);
  const id = call.param('orderId');
  const isNamed = (one: Order): boolean =>
    one.alternateId === id || (one.legacy && one.id.toLowerCase() === id.toLowerCase());
  const order = world.store.orders.get(id) ?? world.store.orders.of(customer.id).find(isNamed);
  if (order?.customerId !== customer.id) throw refusal('orderUnknown');
  if (order.createdAt + world.settings.orderReadLagSeconds * 1000 > world.clock.now()) throw refusal(hidden);
  return order;
}
