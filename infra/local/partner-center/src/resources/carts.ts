import { json, type Answer } from '#http/answer';
import type { Call } from '#http/call';
import { link } from '#http/link';
import { refusal } from '#http/refusal';
import type { Route } from '#http/route';
import { wireTime } from '#clock';
import { cartRequestSchema } from '#rules/cart-request';
import { fillCart } from '#rules/fill-cart';
import type { Cart } from '#store/records';
import type { World } from '#world';
import { buyerOf, customerOf } from './customer-of';

const path = '/v1/customers/{customerId}/carts';

/** Carts (pages "create-a-cart", "update-a-cart", "create-a-cart-with-add-ons"). */
export const cartRoutes: readonly Route[] = [
  { name: 'createCart', method: 'POST', path, access: 'token', throttle: 'carts', answer: create },
  { name: 'getCart', method: 'GET', path: `${path}/{cartId}`, access: 'token', answer: read },
  {
    name: 'updateCart',
    method: 'PUT',
    path: `${path}/{cartId}`,
    access: 'token',
    throttle: 'carts',
    exclusive: 'cartId',
    answer: update,
  },
];

function create(call: Call, world: World): Answer {
  const customer = buyerOf(call, world);
  const lines = fillCart(call.body(cartRequestSchema), customer, world);
  const now = world.clock.now();
  const cart: Cart = {
    id: crypto.randomUUID(),
    customerId: customer.id,
    createdAt: now,
    modifiedAt: now,
    expiresAt: now + world.settings.cartLifeSeconds * 1000,
    user: call.caller.id,
    status: 'Active',
    lines,
    placed: [],
  };
  world.store.carts.put(cart.id, cart);
  return json(cartBody(cart), 201);
}

function read(call: Call, world: World): Answer {
  return json(cartBody(cartOf(call, world)));
}

/** The whole line list is replaced; expiry keeps counting from creation. Answers 201, as the page's example does. */
function update(call: Call, world: World): Answer {
  const customer = buyerOf(call, world);
  const cart = cartOf(call, world);
  // Groups that became orders in a partial checkout stay bought: their lines cannot be taken back.
  if (cart.status === 'Ordered' || cart.placed.length > 0) throw refusal('cartSubmitted');
  const lines = fillCart(call.body(cartRequestSchema), customer, world);
  const updated = { ...cart, lines, modifiedAt: world.clock.now(), user: call.caller.id };
  world.store.carts.put(cart.id, updated);
  return json(cartBody(updated), 201);
}

/** The cart the path names, of this customer, not expired; anything else is 404/800008. */
export function cartOf(call: Call, world: World): Cart {
  const customer = customerOf(call, world);
  const cart = world.store.carts.get(call.param('cartId').toLowerCase());
  if (cart?.customerId !== customer.id) throw refusal('cartUnknown');
  if (cart.status === 'Active' && cart.expiresAt <= world.clock.now()) throw refusal('cartUnknown');
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
