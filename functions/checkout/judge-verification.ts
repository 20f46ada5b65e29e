import { z } from 'zod';
import {
  isCheckoutUnclear,
  UNMATCHED_GROUP,
  type PlacedOrder,
  type Purchase,
  type PurchaseCart,
  type RejectedGroup,
} from '#shared/domain/purchase';
import type { Order } from '#shared/partner-center/resources/orders';
import type { StageOutcome } from '#shared/pipeline/stage';
import { placedOutcome } from './judge-checkout-result';
import { linesOf, matchOrders, openGroups } from './match-orders';

/** A new order may be missing from the list for 15 minutes (page "Get all of a customer's orders"). */
const LIST_LAG_SECONDS = 15 * 60;
const POLL_SECONDS = 60;
/** Partner Center's clock and ours may differ a little. */
const CLOCK_SKEW_SECONDS = 60;

/** What was read of a checkout whose outcome is not known. */
export interface Evidence {
  /** `gone`: there is no such cart any more, which says nothing of what was bought. */
  readonly cart: 'active' | 'ordered' | 'gone';
  /** Every order that is ours for certain: those known before, and those that the audit names. */
  readonly orders: readonly PlacedOrder[];
  /** The orders of the list that can only be ours; absent while the list need not show them yet. */
  readonly listed?: Listed;
}

/** What a list of the customer's orders shows of the groups that are still open. */
export interface Listed {
  readonly adopted: readonly PlacedOrder[];
  /** Why it shows nothing for certain: more orders fit than there are groups for, or one of that time can't be read. */
  readonly doubt?: 'several-candidates' | 'unreadable-orders' | undefined;
}

/** How a verification goes on: with an outcome, with another call of the same checkout, or by reading the list first. */
export type Verification =
  | { readonly kind: 'outcome'; readonly outcome: StageOutcome<'checkout'> }
  | { readonly kind: 'read-list' }
  /** @property isNew nothing of the calls before is under way any more: a new request */
  | { readonly kind: 'check-out'; readonly isNew: boolean };

/**
 * What follows from the evidence about a cart that was checked out before. Nothing is concluded from silence before the list
 * must show what the last call bought: until then the same call is repeated or waited for. "Not known" never becomes "not bought".
 */
export function judgeVerification(
  purchase: Purchase,
  cart: PurchaseCart,
  { cart: state, orders, listed }: Evidence,
  now: Date,
): Verification {
  const found = [...orders, ...(listed?.adopted ?? [])];
  const open = openGroups(cart, found);
  const unmatched = found.filter(({ orderGroup }) => orderGroup === UNMATCHED_GROUP);
  // An operator who resumes has seen which orders these are: each stands for a group.
  if (open.length <= unmatched.length) return outcome(placedOutcome(found, purchase.rejectedGroups ?? []));
  const isUnclear = isCheckoutUnclear(purchase);
  if (!isUnclear && state === 'active') return { kind: 'check-out', isNew: true };
  const seconds = isUnclear ? secondsUntilListed(purchase, now) : 0;
  if (seconds > 0) {
    // The same cart under the same request id is safe to repeat, unless Partner Center says that it is at it.
    const isUnderWay = (purchase.checkoutIntent?.unclearGroups ?? []).length > 0;
    if (state === 'active' && !isUnderWay) return { kind: 'check-out', isNew: false };
    const note = `cart ${cart.id} is ${state}; ${found.length} order(s) are known so far`;
    return outcome({
      kind: 'retry',
      seconds: Math.min(seconds, pollSeconds(purchase, now)),
      note,
      changes: { orders: found },
    });
  }
  if (listed === undefined) return { kind: 'read-list' };
  if (listed.doubt !== undefined) return outcome(holdInDoubt(cart, listed.doubt, found));
  return concluded(purchase, cart, state, found, open, now);
}

/** The list must show everything that was bought, so what it does not show was not. */
function concluded(
  purchase: Purchase,
  cart: PurchaseCart,
  state: Evidence['cart'],
  found: PlacedOrder[],
  open: string[],
  now: Date,
): Verification {
  const rejected = (purchase.rejectedGroups ?? []).filter(({ orderGroup }) => open.includes(orderGroup));
  const isRejected = open.every((group) => rejected.some(({ orderGroup }) => orderGroup === group));
  switch (state) {
    case 'active':
      if (!isRejected) return { kind: 'check-out', isNew: true };
      return outcome(found.length > 0 ? placedOutcome(found, rejected) : rejectedOutcome(rejected));
    case 'ordered':
      if (waitedSeconds(purchase, now) < LIST_LAG_SECONDS * 2) {
        const note = `cart ${cart.id} is ordered; ${found.length} order(s) are listed so far`;
        return outcome({ kind: 'retry', seconds: pollSeconds(purchase, now), note, changes: { orders: found } });
      }
      if (found.length > 0) return outcome(placedOutcome(found, notOrdered(cart, open, rejected)));
      return outcome(ordersNotListed(cart));
    case 'gone':
      if (found.length > 0) return outcome(placedOutcome(found, notOrdered(cart, open, rejected)));
      return outcome(cartGone(cart));
  }
}

function outcome(of: StageOutcome<'checkout'>): Verification {
  return { kind: 'outcome', outcome: of };
}

function rejectedOutcome(rejected: RejectedGroup[]): StageOutcome<'checkout'> {
  const [first] = rejected;
  if (!first) throw new Error('A cart without open groups was not bought.');
  return { kind: 'reject', reason: first.reason, changes: { rejectedGroups: rejected, checkoutIntent: undefined } };
}

/** The groups that were not ordered, with their own reasons where Partner Center gave one. */
function notOrdered(cart: PurchaseCart, open: string[], rejected: RejectedGroup[]): RejectedGroup[] {
  return open.map(
    (orderGroup) =>
      rejected.find((group) => group.orderGroup === orderGroup) ?? {
        orderGroup,
        lineIds: linesOf(cart, orderGroup).map(({ lineId }) => lineId),
        reason: {
          code: 'not-ordered',
          message: `Order group ${orderGroup} of cart ${cart.id} has no order, and the cart can not be checked out again.`,
          advice: 'Ask for these lines again with a new request.',
        },
      },
  );
}

const DOUBTS = {
  'several-candidates': 'more than one order of that time holds the same',
  'unreadable-orders': "the customer's orders hold one that can not be read and may be of that time",
};

function holdInDoubt(cart: PurchaseCart, code: keyof typeof DOUBTS, found: PlacedOrder[]): StageOutcome<'checkout'> {
  return {
    kind: 'hold',
    reason: {
      code,
      message: `The outcome of checking out cart ${cart.id} is not known, and ${DOUBTS[code]}.`,
      advice: 'Find out in Partner Center which orders belong to this cart. Nothing more will be bought.',
    },
    changes: { orders: found },
  };
}

function ordersNotListed(cart: PurchaseCart): StageOutcome<'checkout'> {
  return {
    kind: 'hold',
    reason: {
      code: 'orders-not-listed',
      message: `Cart ${cart.id} is ordered, but none of its orders is listed.`,
      advice: "Check the customer's orders in Partner Center. Nothing more will be bought.",
    },
  };
}

/** A cart that is gone does not tell whether it was ever ordered: only a person can say that it was not. */
function cartGone(cart: PurchaseCart): StageOutcome<'checkout'> {
  return {
    kind: 'hold',
    reason: {
      code: '800008',
      message: `Cart ${cart.id} does not exist any more, and neither the audit nor the list shows an order of it.`,
      advice:
        "Check the customer's orders in Partner Center. If there is none of this purchase, mark it as failed and ask again with a new request.",
    },
  };
}

/** How many seconds until the list must show what the last call ordered; 0 when it must by now. */
export function secondsUntilListed(purchase: Purchase, now: Date): number {
  return Math.max(0, Math.ceil(LIST_LAG_SECONDS - waitedSeconds(purchase, now)));
}

/** Asked again after a minute, then ever later: what takes long is not made faster by asking. */
function pollSeconds(purchase: Purchase, now: Date): number {
  return Math.max(POLL_SECONDS, Math.ceil(waitedSeconds(purchase, now) / 2));
}

/** Since the last call, for as long as it may have been under way. */
function waitedSeconds({ checkoutIntent, updatedAt }: Purchase, now: Date): number {
  const last = checkoutIntent?.unanswered.at(-1)?.until ?? checkoutIntent?.startedAt ?? updatedAt;
  return (now.getTime() - Date.parse(last)) / 1000;
}

/** Which candidates are taken for ours: all, or none when more fit than there are groups. */
export function chooseListed(cart: PurchaseCart, candidates: readonly Order[], known: readonly PlacedOrder[]): Listed {
  const adopted = matchOrders(cart, candidates, known);
  return adopted.length < candidates.length ? { adopted: [], doubt: 'several-candidates' } : { adopted };
}

/**
 * The listed orders that may be ours: they hold what an open group holds, and were made while a checkout was under way whose
 * outcome is not known.
 */
export function matchCandidates(
  purchase: Purchase,
  cart: PurchaseCart,
  known: readonly PlacedOrder[],
  listed: readonly Order[],
): Order[] {
  const knownIds = new Set([...known, ...(purchase.orders ?? [])].map(({ orderId }) => orderId));
  const isOfOurTime = ({ creationDate }: Order) => creationDate !== undefined && isUnanswered(purchase, creationDate);
  const fits = (order: Order) => matchOrders(cart, [order], known).length > 0;
  return listed.filter((order) => !knownIds.has(order.id) && isOfOurTime(order) && fits(order));
}

/** Whether a record of the list that can't be read as an order may be an order of ours: unless it says that it is of another time. */
export function mayBeOurs(purchase: Purchase, raw: unknown): boolean {
  const { data } = dated.safeParse(raw);
  return data === undefined || isUnanswered(purchase, data.creationDate);
}

const dated = z.looseObject({ creationDate: z.string().refine((text) => !Number.isNaN(Date.parse(text))) });

/** Whether a call without an answer was under way at that time. */
function isUnanswered({ checkoutIntent }: Purchase, at: string): boolean {
  const skew = CLOCK_SKEW_SECONDS * 1000;
  const time = Date.parse(at);
  return (checkoutIntent?.unanswered ?? []).some(
    ({ from, until }) => Date.parse(from) - skew <= time && time <= Date.parse(until) + skew,
  );
}
