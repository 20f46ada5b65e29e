import { checkoutOperation, UNMATCHED_GROUP } from '#shared/domain/purchase';
import type { PlacedOrder, Purchase, PurchaseCart, PurchaseChanges, RejectedGroup } from '#shared/domain/purchase';
import type { ErrorEntry } from '#shared/partner-center/errors/error-table';
import { lookUpError } from '#shared/partner-center/errors/error-table';
import type { CheckoutResult, OrderGroupError } from '#shared/partner-center/resources/carts';
import type { StageOutcome } from '#shared/pipeline/stage';
import { addOwnOrders, groupsOf, linesOf, openGroups } from './match-orders';

/** How often groups that failed for a passing reason are tried again; each time is a checkout of the same cart. */
const MOST_ATTEMPTS = 4;
const TRY_AGAIN_SECONDS = 30;
const PASSING: ReadonlySet<ErrorEntry['remedy']> = new Set(['repeat', 'wait', 'verify']);

/**
 * Whether the answer of a checkout says of every group what became of it. An error such as "in progress" (800060) says
 * nothing; neither does any refusal that answers a repeat, since the first call may still have its effect. While it says
 * nothing the checkout stays unclear, and its request id the same.
 */
export function isWholeAnswer(
  { orders: known = [] }: Pick<Purchase, 'orders'>,
  cart: PurchaseCart,
  { orders, orderErrors }: CheckoutResult,
  previousOutcomeUnknown: boolean,
): boolean {
  const open = openGroups(cart, addOwnOrders(cart, orders, known));
  return !orderErrors.some(
    (error) => open.includes(error.orderGroupId ?? '') && (previousOutcomeUnknown || entryOf(error).unclear === true),
  );
}

/**
 * 201 may hold orders and errors at once: one order per group that was bought, one error per group that was not. Checking
 * the same cart out again tries the failed groups once more (page "Check out a cart"); what was bought stays bought.
 */
export function judgeCheckoutResult(
  purchase: Purchase,
  cart: PurchaseCart,
  result: CheckoutResult,
  previousOutcomeUnknown: boolean,
): StageOutcome<'checkout'> {
  const orders = addOwnOrders(cart, result.orders, purchase.orders ?? []);
  const open = new Set(openGroups(cart, orders));
  const rejections = result.orderErrors
    .map((error) => readRejection(cart, error))
    .filter(({ orderGroup }) => open.has(orderGroup) || !groupsOf(cart).includes(orderGroup));
  const rejectedGroups = rejections.filter(({ entry }) => entry.unclear !== true).map(groupOf);
  const doubts = doubtsAbout(cart, orders, rejections);
  if (doubts.length > 0) return answerDiffers(doubts, { orders, rejectedGroups });
  if (!isWholeAnswer(purchase, cart, result, previousOutcomeUnknown))
    return unclear(rejections, { orders, rejectedGroups }, purchase);
  const passing = rejections.filter(({ entry }) => PASSING.has(entry.remedy));
  const attempts = (purchase.answersByOperation[checkoutOperation(cart.id)] ?? 0) + 1;
  if (passing.length > 0 && attempts < MOST_ATTEMPTS) {
    return { kind: 'retry', seconds: TRY_AGAIN_SECONDS, note: noteOf(passing), changes: { orders, rejectedGroups } };
  }
  return orders.length === 0 ? nothingBought(rejections) : placedOutcome(orders, rejectedGroups);
}

type Rejection = RejectedGroup & { readonly entry: ErrorEntry };

function entryOf({ code = 'unknown' }: OrderGroupError): ErrorEntry {
  return lookUpError(400, code);
}

function readRejection(cart: PurchaseCart, error: OrderGroupError): Rejection {
  const { orderGroupId = UNMATCHED_GROUP, code = 'unknown', description } = error;
  const entry = entryOf(error);
  return {
    orderGroup: orderGroupId,
    lineIds: linesOf(cart, orderGroupId).map(({ lineId }) => lineId),
    reason: { code, message: description ?? `order group ${orderGroupId} was not ordered`, advice: entry.advice },
    entry,
  };
}

function groupOf({ entry: _entry, ...group }: Rejection): RejectedGroup {
  return group;
}

function noteOf(rejections: readonly RejectedGroup[]): string {
  return rejections.map(({ orderGroup, reason }) => `group ${orderGroup}: ${reason.code} ${reason.message}`).join(', ');
}

/** What became of some groups is not known: the call is over, so its lease is too, and the next delivery reads. */
function unclear(
  rejections: Rejection[],
  changes: PurchaseChanges,
  { checkoutIntent: intent }: Purchase,
): StageOutcome<'checkout'> {
  const groups = rejections.map(({ orderGroup }) => orderGroup);
  return {
    kind: 'retry',
    seconds: TRY_AGAIN_SECONDS,
    note: `not known yet: ${noteOf(rejections)}`,
    changes: {
      ...changes,
      checkoutIntent: intent && { ...intent, leaseEndsAt: intent.startedAt, unclearGroups: groups },
    },
  };
}

/** Nothing was bought: rejected when every group's error is final; else held, and resumed with the same cart. */
function nothingBought(rejections: Rejection[]): StageOutcome<'checkout'> {
  const isFinal = ({ entry: { remedy } }: Rejection) => remedy === 'reject' || remedy === 'refresh-catalogue';
  const correctable = rejections.find((one) => !isFinal(one));
  const [first] = rejections;
  if (!first) throw new Error('A cart without order groups was checked out.');
  return {
    kind: correctable ? 'hold' : 'reject',
    reason: (correctable ?? first).reason,
    changes: { rejectedGroups: rejections.map(groupOf) },
  };
}

/** On to tracking, with every order and every group that was rejected. */
export function placedOutcome(
  placed: readonly PlacedOrder[],
  rejectedGroups: readonly RejectedGroup[],
): StageOutcome<'checkout'> {
  const bought = new Set(placed.map(({ orderGroup }) => orderGroup));
  const rejected = rejectedGroups.filter(({ orderGroup }) => !bought.has(orderGroup));
  return {
    kind: 'advance',
    next: 'tracking',
    note: [
      ...placed.map(({ orderGroup, orderId }) => `group ${orderGroup}: order ${orderId}`),
      ...(rejected.length === 0 ? [] : [noteOf(rejected)]),
    ].join(', '),
    // Whatever was unclear about the checkout is known now: from here on the orders can be cancelled.
    changes: { orders: [...placed], rejectedGroups: rejected, checkoutIntent: undefined },
  };
}

/** Where the answer and the cart do not fit together, in words. */
function doubtsAbout(cart: PurchaseCart, orders: PlacedOrder[], rejections: Rejection[]): string[] {
  const groups = groupsOf(cart);
  const answered = new Set([...orders, ...rejections].map(({ orderGroup }) => orderGroup));
  return [
    ...groups.filter((group) => !answered.has(group)).map((group) => `nothing about group ${group}`),
    ...orders
      .filter(({ orderGroup }) => orderGroup === UNMATCHED_GROUP)
      .map(({ orderId }) => `order ${orderId}, which fits no group that is open`),
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
      advice: "Check the customer's orders in Partner Center, then resume the purchase, or cancel it with its orders.",
    },
    changes,
  };
}
