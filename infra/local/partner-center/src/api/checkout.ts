import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { agreedInput } from '#rules/agreed-input';
import { audit, orderData } from '#rules/audit';
import { flatLines } from '#rules/flat-lines';
import { placeOrder } from '#rules/place-order';
import { isSoldOut } from '#rules/stock';
import type { Cart, Customer, Order } from '#store/records';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { refusal } from '#wire/refusal';
import { cartOf } from './carts';
import { buyerOf } from './customer-of';
import { orderBody } from './order-body';

/** Checkout (page "checkout-a-cart"): one order per group, in sequence; the answer is 201 even when some fail. */
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

function checkout(call: Call, context: SandboxContext): Answer {
  const customer = buyerOf(call, context);
  const cart = cartOf(call, context);
  if (cart.status === 'Ordered' && context.settings.orderedCartGuard) return replay(cart, context);
  refuseUnsellable(cart, customer, context);
  const { orders, errors } = placeGroups(cart, customer, call, context);
  return json(resultBody(orders, errors, context), 201);
}

/** A cart that was checked out before: today's page says that its orders come again, the older one says 400/800065. */
function replay(cart: Cart, context: SandboxContext): Answer {
  if (context.settings.checkoutReplay === 'error-800065') throw refusal('cartSubmitted');
  const orders = cart.placed.flatMap(({ orderId }) => context.store.orders.get(orderId) ?? []);
  return json(resultBody(orders, [], context), 201);
}

/** Reasons to refuse the whole cart: lines with errors, a missing agreement (page "purchase-new-commerce"), no stock. */
function refuseUnsellable(cart: Cart, customer: Customer, context: SandboxContext): void {
  const lines = flatLines(cart.lines).map(({ line }) => line);
  if (lines.some((line) => line.error)) throw refusal('cartHasErrors');
  if (!customer.agreementConfirmed) throw refusal('agreementMissing');
  const gone = lines.some((line) => {
    const item = context.catalogue.item(line.catalogItemId);
    return item !== undefined && isSoldOut(item, context);
  });
  if (gone) throw refusal('inventoryGone');
}

/** The orders of an earlier checkout come again; the groups without one are tried. */
function placeGroups(
  cart: Cart,
  customer: Customer,
  call: Call,
  context: SandboxContext,
): { orders: Order[]; errors: OrderError[] } {
  const before = cart.status === 'Ordered' ? [] : cart.placed;
  const orders: Order[] = [];
  const errors: OrderError[] = [];
  const placed: Cart['placed'] = [];
  for (const orderGroup of new Set(cart.lines.map((line) => line.orderGroup))) {
    const known = context.store.orders.get(before.find((one) => one.orderGroup === orderGroup)?.orderId ?? '');
    const error = known ? undefined : orderError(cart, orderGroup, context);
    if (error) {
      errors.push(error);
      continue;
    }
    const order = known ?? newOrder(cart, orderGroup, customer, call, context);
    orders.push(order);
    placed.push({ orderGroup, orderId: order.id });
  }
  const status = errors.length === 0 ? 'Ordered' : 'Active';
  context.store.carts.put(cart.id, { ...cart, status, placed, modifiedAt: context.clock.now() });
  return { orders, errors };
}

function newOrder(cart: Cart, orderGroup: string, customer: Customer, call: Call, context: SandboxContext): Order {
  const order = placeOrder(cart, orderGroup, customer, call, context);
  audit(
    {
      resourceType: 'order',
      operationType: 'create_order',
      customer,
      newValue: { Id: order.id, CartId: cart.id, BillingCycle: order.billingCycle },
      customizedData: orderData(order),
    },
    call,
    context,
  );
  return order;
}

/** Why a group fails now: an agreed friendly name, or the fault `order-error`. */
function orderError(cart: Cart, orderGroup: string, context: SandboxContext): OrderError | undefined {
  const lines = flatLines(cart.lines).filter(({ line }) => line.orderGroup === orderGroup);
  const agreed = lines
    .map(({ line }) => agreedInput('order-error', line.friendlyName))
    .find((code) => code !== undefined);
  const code = agreed ?? context.faults.orderError(orderGroup);
  if (code === undefined) return undefined;
  return { orderGroupId: orderGroup, code, description: 'The order of this group could not be made.' };
}

const resultBody = (orders: readonly Order[], errors: readonly OrderError[], context: SandboxContext): object => ({
  orders: orders.map((order) => orderBody(order, context.clock.now())),
  orderErrors: errors.length > 0 ? errors : undefined,
  attributes: { objectType: 'CartCheckoutResult' },
});
