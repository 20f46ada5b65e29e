import { createCart } from '#shared/partner-center/resources/carts';
import type { Purchase } from '#shared/domain/purchase';
import type { PipelineSettings } from '#shared/pipeline/settings';
import type { Stage } from '#shared/pipeline/stage';
import { buildCart } from './build-cart';
import type { OwnedLimits } from './judge-limits';
import { judgeCart } from './judge-cart';

/** Creates the cart. A second one by accident is harmless: a cart that is never checked out buys nothing and expires. */
export const cartStage: Stage<'cart'> = {
  name: 'cart',
  async run(purchase, context) {
    const { customerId } = purchase.request;
    const cart = await context.effect('cart', (call) =>
      createCart(context.partnerCenter, customerId, buildCart(purchase), call),
    );
    return judgeCart(purchase, cart, limitsOf(purchase, context.settings), context.now());
  },
};

/** The limits that hold for a purchase: its own, and those of its requester as they are set now. */
function limitsOf({ request, requester }: Purchase, { requesterLimits }: PipelineSettings): OwnedLimits[] {
  const ofRequester = requesterLimits.get(requester.id);
  return [
    ...(request.limits ? [{ whose: 'the request', limits: request.limits }] : []),
    ...(ofRequester ? [{ whose: `requester ${requester.id}`, limits: ofRequester }] : []),
  ];
}
