import { checkoutCart as postCheckout, getCart } from '#shared/partner-center/carts';
import { listOrders } from '#shared/partner-center/orders';
import { checkoutPurpose, type Purchase, type PurchaseCart } from '#shared/domain/purchase';
import type { Outcome } from '#shared/pipeline/outcome';
import type { Stage } from '#shared/pipeline/stage';
import type { World } from '#shared/pipeline/world';
import { decideCheckout } from './decide-checkout';
import { findOrders } from './find-orders';
import { placedOutcome, readOutcome } from './read-outcome';
import { readOwnOrders } from './read-own-orders';

/** The lease outlasts the call by a tenth: whoever finds it over can be sure that the caller has given up. */
const LEASE_FACTOR = 1.1;

/**
 * Buys, once. The intent is written before the call; a delivery that finds an intent without an answer waits for its
 * lease to end, reads the cart, and goes on from what is true. Never a second cart while the first may have been ordered.
 */
export const checkoutCart: Stage = {
  name: 'checkout',
  async run(purchase, world) {
    const { cart } = purchase;
    if (!cart) throw new Error(`Purchase ${purchase.id} has come to checkout without a cart.`);
    const decision = decideCheckout(cart, purchase, world.now());
    switch (decision.kind) {
      case 'postpone':
        return { kind: 'postpone', until: decision.until, note: 'a checkout is under way' };
      case 'new-cart':
        return {
          kind: 'continue',
          next: 'discovery',
          note: decision.why,
          facts: { cart: undefined, offers: undefined },
        };
      case 'settle':
        return placedOutcome(decision.orders, purchase.refusedGroups ?? []);
      case 'send':
        return checkOut(purchase, cart, world);
      case 'verify':
        return verify(purchase, cart, world);
    }
  },
};

async function checkOut(purchase: Purchase, cart: PurchaseCart, world: World): Promise<Outcome> {
  const purpose = checkoutPurpose(cart.id);
  await intend(purchase, purpose, world);
  const timeout = world.policy.checkoutTimeoutSeconds;
  const result = await world.effect(purpose, (call) =>
    postCheckout(world.partnerCenter, purchase.request.customerId, cart.id, call, timeout),
  );
  return readOutcome(purchase, cart, result);
}

/** Takes over an intent whose lease is over, and looks before it does anything. */
async function verify(purchase: Purchase, cart: PurchaseCart, world: World): Promise<Outcome> {
  const { customerId } = purchase.request;
  const present = await getCart(world.partnerCenter, customerId, cart.id, world.read());
  if (present.status !== 'ordered') return checkOut(purchase, cart, world);
  const own = await readOwnOrders(purchase, world);
  const orders = own.length > 0 ? own : await listOrders(world.partnerCenter, customerId, {}, world.read());
  return findOrders(purchase, cart, orders, world.now());
}

function intend(purchase: Purchase, purpose: string, world: World): Promise<void> {
  const now = world.now();
  const leaseEndsAt = new Date(now.getTime() + world.policy.checkoutTimeoutSeconds * LEASE_FACTOR * 1000);
  return world.intend(
    {
      checkout: {
        request: world.answered(purpose),
        startedAt: purchase.checkout?.startedAt ?? now.toISOString(),
        leaseEndsAt: leaseEndsAt.toISOString(),
      },
    },
    `checking out cart ${purchase.cart?.id}`,
  );
}
