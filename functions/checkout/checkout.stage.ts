import { checkoutCart as postCheckout, getCart } from '#shared/partner-center/resources/carts';
import { listOrders } from '#shared/partner-center/resources/orders';
import { checkoutPurpose, isCheckoutUnclear, type Purchase, type PurchaseCart } from '#shared/domain/purchase';
import type { Outcome } from '#shared/pipeline/outcome';
import { outcomeOfRemedy } from '#shared/pipeline/error-policy';
import type { Stage } from '#shared/pipeline/run-stage';
import type { World } from '#shared/pipeline/stage-context';
import { decideCheckout } from './choose-checkout-step';
import { findOrders, secondsUntilListed } from './judge-found-orders';
import { placedOutcome, readOutcome } from './judge-checkout-result';
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
        return outcomeOfRemedy('refresh-catalogue', decision.reason, purchase);
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
  const result = await world.effect(
    purpose,
    (call) => postCheckout(world.partnerCenter, purchase.request.customerId, cart.id, call, timeout),
    isCheckoutUnclear(purchase),
  );
  return readOutcome(purchase, cart, result);
}

/** Takes over an intent whose lease is over, and looks before it does anything. */
async function verify(purchase: Purchase, cart: PurchaseCart, world: World): Promise<Outcome> {
  const { customerId } = purchase.request;
  const present = await getCart(world.partnerCenter, customerId, cart.id, world.read());
  if (present.status !== 'ordered') return checkOut(purchase, cart, world);
  const own = await readOwnOrders(purchase, world);
  if (own.length > 0) return findOrders(purchase, cart, own, world.now());
  // Until ours must be listed, an order that looks like ours may be somebody else's.
  const seconds = secondsUntilListed(purchase, world.now());
  if (seconds > 0) return { kind: 'wait', seconds, note: `cart ${cart.id} is ordered; its orders are not told yet` };
  return findOrders(purchase, cart, await listOrders(world.partnerCenter, customerId, {}, world.read()), world.now());
}

function intend(purchase: Purchase, purpose: string, world: World): Promise<void> {
  const now = world.now();
  const leaseEndsAt = new Date(now.getTime() + world.policy.checkoutTimeoutSeconds * LEASE_FACTOR * 1000);
  return world.intend(
    {
      checkout: {
        request: world.answered(purpose),
        // The first of the attempts whose outcome is unclear: orders are looked for from then on.
        startedAt: (isCheckoutUnclear(purchase) ? purchase.checkout?.startedAt : undefined) ?? now.toISOString(),
        leaseEndsAt: leaseEndsAt.toISOString(),
      },
    },
    `checking out cart ${purchase.cart?.id}`,
  );
}
