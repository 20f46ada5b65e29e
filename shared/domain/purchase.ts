import { z } from 'zod';
import { meaningOf, orderStatuses } from './order-status';
import { purchaseRequest } from './purchase-request';

/** The steps of the pipeline that have a queue of their own, in the order in which a purchase passes them. */
export const stageNames = ['enablement', 'discovery', 'inventory', 'cart', 'checkout', 'tracking'] as const;
export type StageName = (typeof stageNames)[number];

/** The states a purchase never leaves. */
export const terminalStatuses = [
  'completed',
  'partially-completed',
  'quoted',
  'rejected',
  'failed',
  'cancelled',
] as const;
export type TerminalStatus = (typeof terminalStatuses)[number];

/** Why something ended or waits: a stable code (Partner Center's own where it gave one) and what a person can do. */
const reason = z.object({ code: z.string(), message: z.string(), advice: z.string() });
export type Reason = z.infer<typeof reason>;

/** The kinds of item whose selling has rules of its own. */
export const itemKinds = [
  'reservation',
  'software-subscription',
  'perpetual-software',
  'licence',
  'saas',
  'other',
] as const;
export type ItemKind = (typeof itemKinds)[number];

/** What discovery chose for one line: everything that inventory, cart and checkout need to know of the catalogue. */
const offer = z.object({
  lineId: z.string(),
  catalogItemId: z.string(),
  productId: z.string(),
  skuId: z.string(),
  title: z.string(),
  kind: z.enum(itemKinds),
  quantity: z.int(),
  billingCycle: z.string(),
  termDuration: z.string().optional(),
  currencyCode: z.string().optional(),
  /** The names of the variables of the inventory check (Partner Center's inventoryVariables); absent: no check. */
  inventoryVariables: z.array(z.string()).optional(),
  armRegionName: z.string().optional(),
  needsRegistration: z.boolean(),
});
export type Offer = z.infer<typeof offer>;

/** An amount as a decimal string, in a currency. */
const money = z.object({ value: z.string(), currency: z.string() });
export type Money = z.infer<typeof money>;

/** Partner Center's own words for what a line costs; decimal strings in the line's currency. */
const pricing = z.object({
  listPrice: z.string().optional(),
  discountedPrice: z.string().optional(),
  proratedPrice: z.string().optional(),
  price: z.string().optional(),
  extendedPrice: z.string().optional(),
});

const cartLine = z.object({
  lineId: z.string(),
  catalogItemId: z.string(),
  quantity: z.int(),
  orderGroup: z.string(),
  currencyCode: z.string().optional(),
  pricing: pricing.optional(),
});
export type CartLine = z.infer<typeof cartLine>;

const cart = z.object({
  id: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().optional(),
  lines: z.array(cartLine),
  /** What it costs, by currency; absent unless every line has a price. */
  totals: z.array(money).optional(),
});
export type PurchaseCart = z.infer<typeof cart>;

/**
 * The intent to check out, written before the call that buys.
 *
 * **The invariant that buys exactly once.** Every checkout request of a cart carries an MS-RequestId made of the cart and of
 * the number of answers that Partner Center has given to its checkouts so far (`answersByOperation`). `answersBefore` is that
 * number at the time of the intent. While it has not grown, the request may have bought and the outcome is unclear: nobody
 * sends anything until the lease has ended, and then the cart is read before it is checked out again, under the same id.
 */
const checkoutIntent = z.object({
  /** How many of this cart's checkouts were answered before this one was sent. */
  answersBefore: z.int(),
  startedAt: z.iso.datetime(),
  leaseEndsAt: z.iso.datetime(),
});

const orderedLine = z.object({
  lineId: z.string(),
  catalogItemId: z.string(),
  quantity: z.int(),
  /** The line's number within its order. */
  lineItemNumber: z.int().optional(),
  subscriptionId: z.string().optional(),
  /** Whether it can be used; absent where Partner Center did not say, and the order's status alone decides. */
  provisioning: z.enum(['pending', 'fulfilled', 'unfulfilled']).optional(),
  /** Software and reservations: how many pieces, and the ids of Azure reservation orders. */
  entitlements: z.object({ count: z.int(), references: z.array(z.string()) }).optional(),
  /** Marketplace subscriptions: where the customer activates it. */
  activationLink: z.string().optional(),
});
export type OrderedLine = z.infer<typeof orderedLine>;

const placedOrder = z.object({
  orderGroup: z.string(),
  orderId: z.string(),
  status: z.enum(orderStatuses),
  /** Partner Center's own word for the status, where that is new to us. */
  statusWord: z.string().optional(),
  lines: z.array(orderedLine),
});
export type PlacedOrder = z.infer<typeof placedOrder>;

const rejectedGroup = z.object({ orderGroup: z.string(), lineIds: z.array(z.string()), reason });
export type RejectedGroup = z.infer<typeof rejectedGroup>;

export const purchase = z.object({
  id: z.uuid(),
  /** Grows by one with every write. */
  version: z.int().min(1),
  requester: z.object({ id: z.string(), kind: z.enum(['crm', 'erp']), requestId: z.string() }),
  /** SHA-256 of the request's content: the same id with other content is a conflict. */
  fingerprint: z.string(),
  request: purchaseRequest,
  acceptedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  status: z.enum(['open', 'held', ...terminalStatuses]),
  stage: z.enum(stageNames),
  /** When the purchase came to its stage; a stage that waits too long is held. */
  stageSince: z.iso.datetime(),
  /** How many messages each stage was ever sent for this purchase. Never starts over. */
  attempts: z.partialRecord(z.enum(stageNames), z.int()),
  /**
   * How many requests with an effect Partner Center has answered, by operation: the next one of that operation needs a new
   * MS-RequestId (page "Partner Center REST headers").
   */
  answersByOperation: z.record(z.string(), z.int()),
  /** How many events were emitted; the last one carries this sequence. */
  sequence: z.int(),
  country: z.string().optional(),
  offers: z.array(offer).optional(),
  /** What was offered had changed by the time it was to be bought, so the catalogue was read afresh; that is done once. */
  catalogueRefreshed: z.boolean().optional(),
  registeredSubscriptions: z.array(z.string()).optional(),
  cart: cart.optional(),
  checkoutIntent: checkoutIntent.optional(),
  orders: z.array(placedOrder).optional(),
  rejectedGroups: z.array(rejectedGroup).optional(),
  reason: reason.optional(),
});
export type Purchase = z.infer<typeof purchase>;

/** What a stage may find out or change about a purchase. `undefined` takes a member back. */
export type PurchaseChanges = Partial<
  Pick<
    Purchase,
    | 'country'
    | 'offers'
    | 'catalogueRefreshed'
    | 'registeredSubscriptions'
    | 'cart'
    | 'checkoutIntent'
    | 'orders'
    | 'rejectedGroups'
  >
>;

export function isTerminal(status: Purchase['status']): status is TerminalStatus {
  return status !== 'open' && status !== 'held';
}

/** What always becomes a subscription; without its id nobody can use it or find it again (page "Subscription resources"). */
const BECOMES_SUBSCRIPTION: ReadonlySet<ItemKind> = new Set(['licence', 'saas']);

/** Whether a line of an order becomes a subscription that is not there yet: until it is, nobody can use the line. */
function lacksSubscription(
  { lineId, subscriptionId, provisioning }: OrderedLine,
  offers: readonly Offer[] = [],
): boolean {
  if (subscriptionId !== undefined || provisioning === 'unfulfilled') return false;
  const offered = offers.find((one) => one.lineId === lineId);
  return offered !== undefined && BECOMES_SUBSCRIPTION.has(offered.kind);
}

/**
 * Whether there is anything left to wait for. Of a completed order its lines decide: each must be provisioned, as far as
 * Partner Center says so, and have its subscription where one is due. What was fulfilled in part stays as it is.
 */
export function isOpenOrder({ status, lines }: PlacedOrder, offers: readonly Offer[] | undefined): boolean {
  const { kind } = meaningOf(status);
  if (kind === 'waits' || kind === 'needs-person') return true;
  if (lines.some(({ provisioning }) => provisioning === 'pending')) {
    return kind === 'delivered' || kind === 'delivered-in-part';
  }
  return kind === 'delivered' && lines.some((line) => lacksSubscription(line, offers));
}

/** Whether the customer has, or is still to get, anything of an order. */
export function hasLiveLine({ status, lines }: PlacedOrder): boolean {
  const { kind } = meaningOf(status);
  if (kind === 'withdrawn' || kind === 'failed') return false;
  return lines.some(({ provisioning }) => provisioning !== 'unfulfilled');
}

/** The operation under which a cart's checkouts are counted in `answersByOperation`. */
export function checkoutOperation(cartId: string): string {
  return `checkout/${cartId}`;
}

/** Whether a checkout was begun whose answer is not known: it may have bought. */
export function isCheckoutUnclear({
  cart,
  checkoutIntent: intent,
  answersByOperation,
}: Pick<Purchase, 'cart' | 'checkoutIntent' | 'answersByOperation'>): boolean {
  if (cart === undefined || intent === undefined) return false;
  return intent.answersBefore >= (answersByOperation[checkoutOperation(cart.id)] ?? 0);
}
