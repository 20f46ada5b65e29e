import { checkoutOperation } from '#shared/domain/purchase';
import type { PlacedOrder, Purchase, PurchaseCart, PurchaseChanges, RejectedGroup } from '#shared/domain/purchase';
import type { CheckoutResult, OrderGroupError } from '#shared/partner-center/resources/carts';
import { lookUpError } from '#shared/partner-center/errors/error-table';
import type { Remedy } from '#shared/partner-center/errors/partner-center-error';
import type { Order } from '#shared/partner-center/resources/orders';
import type { StageOutcome } from '#shared/pipeline/stage';
import { groupsOf, linesOf, matchOrders } from './match-orders';

/** How often groups that failed for a passing reason are tried again; each time is a checkout of the same cart. */
const MOST_ATTEMPTS = 4;
const TRY_AGAIN_SECONDS = 30;
const PASSING: ReadonlySet<Remedy> = new Set(['repeat', 'wait', 'verify']);

/**
 * 201 may hold orders and errors at once: one order per group that was bought, one error per group that was not. Checking
 * the same cart out again tries the failed groups once more (page "Check out a cart"); what was bought stays bought.
 */
export function judgeCheckoutResult(
  purchase: Purchase,
  cart: PurchaseCart,
  { orders, orderErrors }: CheckoutResult,
): StageOutcome<'checkout'> {
  const known = purchase.orders ?? [];
  const bought = new Set(known.map(({ orderGroup }) => orderGroup));
  const rejections = orderErrors
    .map((error) => readRejection(cart, error))
    .filter((one) => !bought.has(one.orderGroup));
  const closed = new Set([...known, ...rejections].map(({ orderGroup }) => orderGroup));
  const fresh = orders.filter(({ id }) => !known.some(({ orderId }) => orderId === id));
  const placed = [...known, ...matchOrders(cart, fresh, closed)];
  const rejectedGroups = rejections.map(({ remedy: _remedy, ...group }) => group);
  const doubts = doubtsAbout(cart, placed, fresh, rejections);
  if (doubts.length > 0) return answerDiffers(doubts, { orders: placed, rejectedGroups });
  const passing = rejections.filter(({ remedy }) => PASSING.has(remedy));
  const attempts = (purchase.answersByOperation[checkoutOperation(cart.id)] ?? 0) + 1;
  if (passing.length > 0 && attempts < MOST_ATTEMPTS) {
    return tryAgain(passing, { orders: placed, rejectedGroups });
  }
  return placed.length === 0 ? nothingBought(rejections) : placedOutcome(placed, rejectedGroups);
}

type Rejection = RejectedGroup & { remedy: Remedy };

function readRejection(cart: PurchaseCart, error: OrderGroupError): Rejection {
  const { orderGroupId = '?', code = 'unknown', description } = error;
  const { remedy, advice } = lookUpError(400, code);
  return {
    orderGroup: orderGroupId,
    lineIds: linesOf(cart, orderGroupId).map(({ lineId }) => lineId),
    reason: { code, message: description ?? `order group ${orderGroupId} was not ordered`, advice },
    remedy,
  };
}

function tryAgain(passing: Rejection[], changes: PurchaseChanges): StageOutcome<'checkout'> {
  const why = passing.map(({ orderGroup, reason }) => `group ${orderGroup}: ${reason.code} ${reason.message}`);
  return { kind: 'retry', seconds: TRY_AGAIN_SECONDS, note: why.join(', '), changes };
}

/** Nothing was bought: rejected when every group's error is final; else held, and resumed with the same cart. */
function nothingBought(rejections: Rejection[]): StageOutcome<'checkout'> {
  const isFinal = (remedy: Remedy) => remedy === 'reject' || remedy === 'refresh-catalogue';
  const correctable = rejections.find(({ remedy }) => !isFinal(remedy));
  const [first] = rejections;
  if (!first) throw new Error('A cart without order groups was checked out.');
  const rejectedGroups = rejections.map(({ remedy: _remedy, ...group }) => group);
  return { kind: correctable ? 'hold' : 'reject', reason: (correctable ?? first).reason, changes: { rejectedGroups } };
}

/** On to tracking, with every order and every group that was rejected. */
export function placedOutcome(placed: PlacedOrder[], rejectedGroups: RejectedGroup[]): StageOutcome<'checkout'> {
  return {
    kind: 'advance',
    next: 'tracking',
    note: [
      ...placed.map(({ orderGroup, orderId }) => `group ${orderGroup}: order ${orderId}`),
      ...rejectedGroups.map(({ orderGroup, reason }) => `group ${orderGroup}: ${reason.code} ${reason.message}`),
    ].join(', '),
    // Whatever was unclear about the checkout is known now: from here on the orders can be cancelled.
    changes: { orders: placed, rejectedGroups, checkoutIntent: undefined },
  };
}

/** Where the answer and the cart do not fit together, in words. Each order of an answer is ours, so none may be left over. */
function doubtsAbout(cart: PurchaseCart, placed: PlacedOrder[], fresh: Order[], rejections: Rejection[]): string[] {
  const groups = groupsOf(cart);
  const answered = new Set([...placed, ...rejections].map(({ orderGroup }) => orderGroup));
  const strays = fresh.filter(({ id }) => !placed.some(({ orderId }) => orderId === id));
  return [
    ...groups.filter((group) => !answered.has(group)).map((group) => `nothing about group ${group}`),
    ...strays.map(({ id }) => `order ${id}, which fits no group that is open`),
    ...rejections
      .filter(({ orderGroup }) => !groups.includes(orderGroup))
      .map(({ orderGroup, reason }) => `error ${reason.code} about a group ${orderGroup} that the cart does not have`),
  ];
}

function answerDiffers(doubts: string[], changes: PurchaseChanges): StageOutcome<'checkout'> {
  return {
    kind: 'hold',
    reason: {
      code: 'answer-differs',
      message: `The checkout's answer does not fit the cart: ${doubts.join('; ')}.`,
      advice: "Check the customer's orders in Partner Center, then resume the purchase.",
    },
    changes,
  };
}
