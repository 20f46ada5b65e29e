import type { PlacedOrder, Purchase, PurchaseCart } from '#shared/domain/purchase';
import { PartnerCenterError } from '#shared/partner-center/errors/partner-center-error';
import { listAuditRecords, type AuditRecord } from '#shared/partner-center/resources/audit-records';
import { getCart } from '#shared/partner-center/resources/carts';
import { getOrder, listOrders, type Order } from '#shared/partner-center/resources/orders';
import type { StageContext } from '#shared/pipeline/stage';
import { chooseListed, matchCandidates, mayBeOurs, type Evidence, type Listed } from './judge-verification';
import { addOwnOrders } from './match-orders';

const DAY = 24 * 60 * 60 * 1000;
const NO_SUCH_CART = '800008';

/** Reads what became of a cart that was checked out: its own status, and the orders that the audit names as ours. */
export async function readEvidence(purchase: Purchase, cart: PurchaseCart, context: StageContext): Promise<Evidence> {
  const [state, own] = await Promise.all([readCartState(purchase, cart, context), readOwnOrders(purchase, context)]);
  return { cart: state, orders: addOwnOrders(cart, own, purchase.orders ?? []) };
}

/** Reads the customer's orders, and claims those that can only be ours. */
export async function readListed(
  purchase: Purchase,
  cart: PurchaseCart,
  known: readonly PlacedOrder[],
  context: StageContext,
): Promise<Listed> {
  let isWhole = true;
  const orders = await listOrders(context.partnerCenter, purchase.request.customerId, {}, context.read(), ({ raw }) => {
    isWhole &&= !mayBeOurs(purchase, raw);
  });
  // One without lines says as little as one that can't be read.
  isWhole &&= !orders.some((order) => order.lineItems.length === 0 && mayBeOurs(purchase, order));
  if (!isWhole) return { adopted: [], doubt: 'unreadable-orders' };
  const candidates: Order[] = [];
  for (const order of matchCandidates(purchase, cart, known, orders)) {
    const claimant = await context.claimantOf(order.id);
    if (claimant === undefined || claimant === purchase.id) candidates.push(order);
  }
  const listed = chooseListed(cart, candidates, known);
  if (listed.doubt !== undefined) return listed;
  const ours: Order[] = [];
  for (const order of candidates) if (await context.claimOrder(order.id)) ours.push(order);
  return chooseListed(cart, ours, known);
}

async function readCartState(purchase: Purchase, cart: PurchaseCart, context: StageContext): Promise<Evidence['cart']> {
  const { partnerCenter } = context;
  try {
    const { status } = await getCart(partnerCenter, purchase.request.customerId, cart.id, context.read());
    return status === 'ordered' ? 'ordered' : 'active';
  } catch (error) {
    const isGone = error instanceof PartnerCenterError && error.status === 404 && error.code === NO_SUCH_CART;
    if (isGone) return 'gone';
    throw error;
  }
}

/**
 * The orders that Partner Center's audit says were made under this purchase's correlation id (page "Get a record of
 * Partner Center activity by user"); none when the audit does not know. Read by id, so that no list lags behind.
 */
async function readOwnOrders(purchase: Purchase, context: StageContext): Promise<Order[]> {
  const { customerId } = purchase.request;
  const first = purchase.checkoutIntent?.unanswered[0]?.from ?? purchase.acceptedAt;
  const startDate = new Date(Date.parse(first) - DAY).toISOString().slice(0, 10);
  const question = { startDate, filter: { kind: 'customer', customerId } as const };
  const ids = new Set<string>();
  try {
    for await (const record of listAuditRecords(context.partnerCenter, question, context.read())) {
      const orderId = orderMadeBy(purchase, record);
      if (orderId !== undefined) ids.add(orderId);
    }
  } catch (error) {
    // An audit that may not be read says nothing, as one that does not know.
    if (!(error instanceof PartnerCenterError) || error.status !== 403) throw error;
  }
  return Promise.all([...ids].map((id) => getOrder(context.partnerCenter, customerId, id, {}, context.read())));
}

function orderMadeBy(purchase: Purchase, record: AuditRecord): string | undefined {
  const isOurs = record.originalCorrelationId?.toLowerCase() === purchase.id && record.operationType === 'create_order';
  return isOurs ? record.customizedData.find(({ key }) => key === 'OrderId')?.value : undefined;
}
