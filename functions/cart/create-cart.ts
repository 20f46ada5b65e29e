import { createCart as postCart } from '#shared/partner-center/carts';
import type { Stage } from '#shared/pipeline/stage';
import { buildCart } from './build-cart';
import { reviewCart } from './review-cart';

/** Creates the cart. A second one by accident is harmless: a cart that is never checked out buys nothing and expires. */
export const createCart: Stage = {
  name: 'cart',
  async run(purchase, world) {
    const { customerId } = purchase.request;
    const cart = await world.effect('cart', (call) =>
      postCart(world.partnerCenter, customerId, buildCart(purchase), call),
    );
    return reviewCart(purchase, cart, world.now());
  },
};
