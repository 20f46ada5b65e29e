import { checkoutPurpose } from '#shared/domain/purchase';
import type { CartLine, Facts, PlacedOrder, Purchase, PurchaseCart, RefusedGroup } from '#shared/domain/purchase';
import type { CheckoutResult, OrderGroupError } from '#shared/partner-center/resources/carts';
import { lookUpError } from '#shared/partner-center/errors/error-table';
import type { Remedy } from '#shared/partner-center/errors/errors';
import type { Order } from '#shared/partner-center/resources/orders';
import type { Outcome } from '#shared/pipeline/outcome';

/** How often groups that failed for a passing reason are tried again; each time is a checkout of the same cart. */
const MOST_ATTEMPTS = 4;
const TRY_AGAIN_SECONDS = 30;
const PASSING: ReadonlySet<Remedy> = new Set(['repeat', 'wait', 'verify']);

/**
 * 201 may hold orders and errors at once: one order per group that was bought, one error per group that was not. Checking
 * the same cart out again tries the failed groups once more (page "Check out a cart"); what was bought stays bought.
 */
export function readOutcome(purchase: Purchase, cart: PurchaseCart, { orders, orderErrors }: CheckoutResult): Outcome {
  const known = purchase.orders ?? [];
  const bought = new Set(known.map(({ orderGroup }) => orderGroup));
  const refusals = orderErrors.map((error) => readRefusal(cart, error)).filter((one) => !bought.has(one.orderGroup));
  const closed = new Set([...known, ...refusals].map(({ orderGroup }) => orderGroup));
  const fresh = orders.filter(({ id }) => !known.some(({ orderId }) => orderId === id));
  const placed = [...known, ...matchOrders(cart, fresh, closed)];
  const refusedGroups = refusals.map(({ remedy: _remedy, ...group }) => group);
  const doubts = doubtsAbout(cart, placed, fresh, refusals);
  if (doubts.length > 0) return answerDiffers(doubts, { orders: placed, refusedGroups });
  const passing = refusals.filter(({ remedy }) => PASSING.has(remedy));
  const attempts = (purchase.answered[checkoutPurpose(cart.id)] ?? 0) + 1;
  if (passing.length > 0 && attempts < MOST_ATTEMPTS) {
    return tryAgain(passing, { orders: placed, refusedGroups });
  }
  return placed.length === 0 ? nothingBought(refusals) : placedOutcome(placed, refusedGroups);
}

type Refusal = RefusedGroup & { remedy: Remedy };

function readRefusal(cart: PurchaseCart, error: OrderGroupError): Refusal {
  const { orderGroupId = '?', code = 'unknown', description } = error;
  const { remedy, advice } = lookUpError(400, code);
  return {
    orderGroup: orderGroupId,
    lineIds: linesOf(cart, orderGroupId).map(({ lineId }) => lineId),
    reason: { code, message: description ?? `order group ${orderGroupId} was not ordered`, advice },
    remedy,
  };
}

function tryAgain(passing: Refusal[], facts: Partial<Facts>): Outcome {
  const why = passing.map(({ orderGroup, reason }) => `group ${orderGroup}: ${reason.code} ${reason.message}`);
  return { kind: 'wait', seconds: TRY_AGAIN_SECONDS, note: why.join(', '), facts };
}

/** Nothing was bought: a no is a no when every group's is one; the rest is held, and resumed with the same cart. */
function nothingBought(refusals: Refusal[]): Outcome {
  const isNo = (remedy: Remedy) => remedy === 'refuse' || remedy === 'refresh-catalogue';
  const mendable = refusals.find(({ remedy }) => !isNo(remedy));
  const [first] = refusals;
  if (!first) throw new Error('A cart without order groups was checked out.');
  const refusedGroups = refusals.map(({ remedy: _remedy, ...group }) => group);
  return { kind: mendable ? 'held' : 'refused', reason: (mendable ?? first).reason, facts: { refusedGroups } };
}

/** On to tracking, with every order and every group that was refused. */
export function placedOutcome(placed: PlacedOrder[], refusedGroups: RefusedGroup[]): Outcome {
  return {
    kind: 'continue',
    next: 'tracking',
    note: [
      ...placed.map(({ orderGroup, orderId }) => `group ${orderGroup}: order ${orderId}`),
      ...refusedGroups.map(({ orderGroup, reason }) => `group ${orderGroup}: ${reason.code} ${reason.message}`),
    ].join(', '),
    // Whatever was unclear about the checkout is known now: from here on the orders can be cancelled.
    facts: { orders: placed, refusedGroups, checkout: undefined },
    happening: 'placed',
  };
}

/** Where the answer and the cart do not fit together, in words. Each order of an answer is ours, so none may be left over. */
function doubtsAbout(cart: PurchaseCart, placed: PlacedOrder[], fresh: Order[], refusals: Refusal[]): string[] {
  const groups = groupsOf(cart);
  const answered = new Set([...placed, ...refusals].map(({ orderGroup }) => orderGroup));
  const strays = fresh.filter(({ id }) => !placed.some(({ orderId }) => orderId === id));
  return [
    ...groups.filter((group) => !answered.has(group)).map((group) => `nothing about group ${group}`),
    ...strays.map(({ id }) => `order ${id}, which fits no group that is open`),
    ...refusals
      .filter(({ orderGroup }) => !groups.includes(orderGroup))
      .map(({ orderGroup, reason }) => `error ${reason.code} about a group ${orderGroup} that the cart does not have`),
  ];
}

function answerDiffers(doubts: string[], facts: Partial<Facts>): Outcome {
  return {
    kind: 'held',
    reason: {
      code: 'answer-differs',
      message: `The checkout's answer does not fit the cart: ${doubts.join('; ')}.`,
      advice: "Look at the customer's orders in Partner Center, then resume the purchase.",
    },
    facts,
  };
}

/**
 * Which order belongs to which group. An answer does not say; line numbers start over in every order, so orders and
 * groups are matched by what they hold. Groups that hold the same are interchangeable.
 */
export function matchOrders(cart: PurchaseCart, orders: Order[], closed: ReadonlySet<string>): PlacedOrder[] {
  const open = groupsOf(cart).filter((group) => !closed.has(group));
  // A list may hold an order twice.
  const distinct = orders.filter(({ id }, at) => orders.findIndex((other) => other.id === id) === at);
  return distinct.flatMap((order) => {
    const contents = contentsOf(
      order.lineItems.map(({ offerId = '', quantity }) => ({ catalogItemId: offerId, quantity })),
    );
    const at = open.findIndex((group) => contentsOf(linesOf(cart, group)) === contents);
    const [orderGroup] = at < 0 ? [] : open.splice(at, 1);
    return orderGroup === undefined ? [] : [placedOrder(orderGroup, linesOf(cart, orderGroup), order)];
  });
}

function placedOrder(orderGroup: string, lines: CartLine[], order: Order): PlacedOrder {
  const unused = [...order.lineItems];
  return {
    orderGroup,
    orderId: order.id,
    status: order.status === 'unknown' ? 'pending' : order.status,
    lines: lines.map(({ lineId, catalogItemId, quantity }) => {
      const at = unused.findIndex((line) => line.offerId === catalogItemId && line.quantity === quantity);
      const [answer] = unused.splice(at, 1);
      return {
        lineId,
        catalogItemId,
        quantity,
        ...(answer === undefined ? {} : { lineItemNumber: answer.lineItemNumber }),
        ...(answer?.subscriptionId === undefined ? {} : { subscriptionId: answer.subscriptionId }),
      };
    }),
  };
}

function groupsOf(cart: PurchaseCart): string[] {
  return [...new Set(cart.lines.map(({ orderGroup }) => orderGroup))];
}

function linesOf(cart: PurchaseCart, group: string): CartLine[] {
  return cart.lines.filter(({ orderGroup }) => orderGroup === group);
}

function contentsOf(lines: { catalogItemId: string; quantity: number }[]): string {
  return lines
    .map(({ catalogItemId, quantity }) => `${quantity} x ${catalogItemId}`)
    .toSorted()
    .join('\n');
}
