import { json, type Answer } from '#http/answer';
import type { Call } from '#http/call';
import { refusal } from '#http/refusal';
import type { Route } from '#http/route';
import { agreedInput } from '#rules/agreed-input';
import { audit, orderData } from '#rules/audit';
import { flatLines } from '#rules/flat-lines';
import { isSoldOut } from '#rules/stock';
import { placeOrder } from '#rules/place-order';
import type { Cart, Customer, Order } from '#store/records';
import type { World } from '#world';
import { cartOf } from './carts';
import { buyerOf } from './customer-of';
import { orderBody } from './order-body';

/** Checkout (page "checkout-a-cart"): one order per group, one after the other; some may fail, and the answer is 201 still. */
export const checkoutRoutes: readonly Route[] = [
  {
    name: 'checkout',
    method: 'POST',
    path: '/v1/customers/{customerId}/carts/{cartId}/checkout',
    access: 'token',
    throttle: 'carts',
    exclusive: 'cartId',
    answer: checkout,
  },
];

interface OrderError {
  readonly orderGroupId: string;
  readonly code: number;
  readonly description: string;
}

function checkout(call: Call, world: World): Answer {
  const customer = buyerOf(call, world);
  const cart = cartOf(call, world);
  if (cart.status === 'Ordered' && world.settings.orderedCartGuard) return again(cart, world);
  refuseUnsellable(cart, customer, world);
  const { orders, errors } = placeGroups(cart, customer, call, world);
  return json(resultBody(orders, errors, world), 201);
}

/** The cart was checked out before: the current page says the first result comes again, the older one 400/800065. */
function again(cart: Cart, world: World): Answer {
  if (world.settings.checkoutReplay === 'error-800065') throw refusal('cartSubmitted');
  const orders = cart.placed.flatMap(({ orderId }) => world.store.orders.get(orderId) ?? []);
  return json(resultBody(orders, [], world), 201);
}

/** What stops the whole cart: lines with errors, a missing agreement (page "purchase-new-commerce"), stock gone since. */
function refuseUnsellable(cart: Cart, customer: Customer, world: World): void {
  const lines = flatLines(cart.lines).map(({ line }) => line);
  if (lines.some((line) => line.error)) throw refusal('cartHasErrors');
  if (!customer.agreementConfirmed) throw refusal('agreementMissing');
  const gone = lines.some((line) => {
    const item = world.catalogue.goods(line.catalogItemId);
    return item !== undefined && isSoldOut(item, world);
  });
  if (gone) throw refusal('inventoryGone');
}

/** Groups that became orders in an earlier checkout are answered again; the others are tried (again). */
function placeGroups(
  cart: Cart,
  customer: Customer,
  call: Call,
  world: World,
): { orders: Order[]; errors: OrderError[] } {
  const before = cart.status === 'Ordered' ? [] : cart.placed;
  const orders: Order[] = [];
  const errors: OrderError[] = [];
  const placed: Cart['placed'] = [];
  for (const orderGroup of new Set(cart.lines.map((line) => line.orderGroup))) {
    const known = world.store.orders.get(before.find((one) => one.orderGroup === orderGroup)?.orderId ?? '');
    const error = known ? undefined : orderError(cart, orderGroup, world);
    if (error) {
      errors.push(error);
      continue;
    }
    const order = known ?? newOrder(cart, orderGroup, customer, call, world);
    orders.push(order);
    placed.push({ orderGroup, orderId: order.id });
  }
  const status = errors.length === 0 ? 'Ordered' : 'Active';
  world.store.carts.put(cart.id, { ...cart, status, placed, modifiedAt: world.clock.now() });
  return { orders, errors };
}

function newOrder(cart: Cart, orderGroup: string, customer: Customer, call: Call, world: World): Order {
  const order = placeOrder(cart, orderGroup, customer, call, world);
  audit(
    {
      resourceType: 'order',
      operationType: 'create_order',
      customer,
      newValue: { Id: order.id, CartId: cart.id, BillingCycle: order.billingCycle },
      customizedData: orderData(order),
    },
    call,
    world,
  );
  return order;
}

/** Why a group fails now: an agreed friendly name, or the fault `order-error`. */
function orderError(cart: Cart, orderGroup: string, world: World): OrderError | undefined {
  const lines = flatLines(cart.lines).filter(({ line }) => line.orderGroup === orderGroup);
  const agreed = lines
    .map(({ line }) => agreedInput('order-error', line.friendlyName))
    .find((code) => code !== undefined);
  const code = agreed ?? world.faults.orderError(orderGroup);
  if (code === undefined) return undefined;
  return { orderGroupId: orderGroup, code, description: 'The order of this group could not be made.' };
}

const resultBody = (orders: readonly Order[], errors: readonly OrderError[], world: World): object => ({
  orders: orders.map((order) => orderBody(order, world.clock.now())),
  ...(errors.length > 0 ? { orderErrors: errors } : {}),
  attributes: { objectType: 'CartCheckoutResult' },
});
