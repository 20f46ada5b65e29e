import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { cartRequestSchema } from '#rules/cart-request';
import { fillCart } from '#rules/fill-cart';
import type { Cart } from '#store/records';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { link } from '#wire/link';
import { refusal } from '#wire/refusal';
import { wireTime } from '#wire/time';
import { buyerOf, customerOf } from './customer-of';

const PATH = '/v1/customers/{customerId}/carts';

/** Carts (pages "create-a-cart", "update-a-cart", "create-a-cart-with-add-ons"). */
export const cartRoutes: readonly Route[] = [
  { name: 'createCart', method: 'POST', path: PATH, access: 'token', throttle: 'carts', answer: create },
  { name: 'getCart', method: 'GET', path: `${PATH}/{cartId}`, access: 'token', answer: read },
  {
    name: 'updateCart',
    method: 'PUT',
    path: `${PATH}/{cartId}`,
    access: 'token',
    throttle: 'carts',
    exclusive: 'cartId',
    answer: update,
  },
];

function create(call: Call, context: SandboxContext): Answer {
  const customer = buyerOf(call, context);
  const lines = fillCart(call.body(cartRequestSchema), customer, context);
  const now = context.clock.now();
  const cart: Cart = {
    id: crypto.randomUUID(),
    customerId: customer.id,
    createdAt: now,
    modifiedAt: now,
    expiresAt: now + context.settings.cartLifeSeconds * 1000,
    user: call.caller.id,
    status: 'Active',
    lines,
    placed: [],
  };
  context.store.carts.put(cart.id, cart);
  return json(cartBody(cart), 201);
}

function read(call: Call, context: SandboxContext): Answer {
  return json(cartBody(cartOf(call, context)));
}

/** Replaces all lines; the cart still expires when it would have. Answers 201, as the page's example does. */
function update(call: Call, context: SandboxContext): Answer {
  const customer = buyerOf(call, context);
  const cart = cartOf(call, context);
  // Groups that became orders in a partial checkout are bought: their lines cannot be changed.
  if (cart.status === 'Ordered' || cart.placed.length > 0) throw refusal('cartSubmitted');
  const lines = fillCart(call.body(cartRequestSchema), customer, context);
  const updated = { ...cart, lines, modifiedAt: context.clock.now(), user: call.caller.id };
  context.store.carts.put(cart.id, updated);
  return json(cartBody(updated), 201);
}

/** The cart of this customer that the path names, unless it has expired; anything else is 404/800008. */
export function cartOf(call: Call, context: SandboxContext): Cart {
  const customer = customerOf(call, context);
  const cart = context.store.carts.get(call.param('cartId').toLowerCase());
  if (cart?.customerId !== customer.id) throw refusal('cartUnknown');
  if (cart.status === 'Active' && cart.expiresAt <= context.clock.now()) throw refusal('cartUnknown');
  return cart;
}

const cartBody = (cart: Cart): object => ({
  id: cart.id,
  creationTimestamp: wireTime(cart.createdAt),
  lastModifiedTimestamp: wireTime(cart.modifiedAt),
  expirationTimestamp: wireTime(cart.expiresAt),
  lastModifiedUser: cart.user,
  status: cart.status,
  lineItems: cart.lines,
  links: { self: link(`/customers/${cart.customerId}/carts/${cart.id}`) },
  attributes: { objectType: 'Cart' },
});
