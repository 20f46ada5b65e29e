import { createCart as postCart } from '#shared/partner-center/resources/carts';
import type { Purchase } from '#shared/domain/purchase';
import type { Policy } from '#shared/pipeline/error-policy';
import type { Stage } from '#shared/pipeline/run-stage';
import { buildCart } from './build-cart';
import type { OwnedLimits } from './judge-limits';
import { reviewCart } from './judge-cart';

/** Creates the cart. A second one by accident is harmless: a cart that is never checked out buys nothing and expires. */
export const createCart: Stage = {
  name: 'cart',
  async run(purchase, world) {
    const { customerId } = purchase.request;
    const cart = await world.effect('cart', (call) =>
      postCart(world.partnerCenter, customerId, buildCart(purchase), call),
    );
    return reviewCart(purchase, cart, limitsOf(purchase, world.policy), world.now());
  },
};

/** The limits that hold for a purchase: its own, and those of its source as they are set now. */
function limitsOf({ request, source }: Purchase, { sourceLimits }: Policy): OwnedLimits[] {
  const ofSource = sourceLimits.get(source.id);
  return [
    ...(request.limits ? [{ whose: 'the request', limits: request.limits }] : []),
    ...(ofSource ? [{ whose: `source ${source.id}`, limits: ofSource }] : []),
  ];
}
