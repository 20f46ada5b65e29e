import type { Purchase, PurchaseCart } from '#shared/domain/purchase';
import type { Order } from '#shared/partner-center/resources/orders';
import type { StageOutcome } from '#shared/pipeline/stage';
import { placedOutcome } from './judge-checkout-result';
import { matchOrders } from './match-orders';

/** A new order may be missing from the list for 15 minutes (page "Get all of a customer's orders"). */
const LIST_LAG_SECONDS = 15 * 60;
const POLL_SECONDS = 60;
/** Partner Center's clock and ours may differ a little. */
const CLOCK_SKEW_SECONDS = 60;

/** How many seconds until the list must show what a checkout ordered; 0 when it must by now. */
export function secondsUntilListed(purchase: Purchase, now: Date): number {
  return Math.max(0, Math.ceil(LIST_LAG_SECONDS - waitedSeconds(purchase, now)));
}

/**
 * The orders of a cart that is known to be ordered, found among the customer's orders by what they hold and when they
 * were made. More candidates than groups means that somebody bought the same at the same time: that needs an operator.
 */
export function judgeFoundOrders(
  purchase: Purchase,
  cart: PurchaseCart,
  orders: Order[],
  now: Date,
): StageOutcome<'checkout'> {
  const since = Date.parse(purchase.checkoutIntent?.startedAt ?? cart.createdAt) - CLOCK_SKEW_SECONDS * 1000;
  const known = purchase.orders ?? [];
  const recent = orders.filter(
    ({ id, creationDate }) =>
      creationDate !== undefined && Date.parse(creationDate) >= since && !known.some(({ orderId }) => orderId === id),
  );
  const placed = [...known, ...matchOrders(cart, recent, new Set(known.map(({ orderGroup }) => orderGroup)))];
  const groups = new Set(cart.lines.map(({ orderGroup }) => orderGroup));
  if (placed.length < groups.size) return notYetListed(purchase, cart, placed.length, groups.size, now);
  const others = recent.filter(({ id }) => !placed.some(({ orderId }) => orderId === id));
  if (matchOrders(cart, others, new Set()).length > 0) {
    return {
      kind: 'hold',
      reason: {
        code: 'several-candidates',
        message: `Cart ${cart.id} is ordered, but more than one order of that time holds the same.`,
        advice: 'Find out in Partner Center which orders belong to this cart. Nothing more will be bought.',
      },
    };
  }
  return placedOutcome(placed, []);
}

function notYetListed(
  purchase: Purchase,
  cart: PurchaseCart,
  found: number,
  wanted: number,
  now: Date,
): StageOutcome<'checkout'> {
  const message = `Cart ${cart.id} is ordered; ${found} of ${wanted} order(s) are listed so far.`;
  if (waitedSeconds(purchase, now) < LIST_LAG_SECONDS * 2)
    return { kind: 'retry', seconds: POLL_SECONDS, note: message };
  return {
    kind: 'hold',
    reason: {
      code: 'orders-not-listed',
      message,
      advice: "Check the customer's orders in Partner Center. Nothing more will be bought.",
    },
  };
}

function waitedSeconds({ checkoutIntent, updatedAt }: Purchase, now: Date): number {
  return (now.getTime() - Date.parse(checkoutIntent?.startedAt ?? updatedAt)) / 1000;
}
