import { defined } from '#shared/domain/defined';
import { UNMATCHED_GROUP, type CartLine, type PlacedOrder, type PurchaseCart } from '#shared/domain/purchase';
import type { Order } from '#shared/partner-center/resources/orders';

/**
 * Which order belongs to which open group. Partner Center does not say; line numbers start over in every order, so orders
 * and groups are matched by what they hold. Groups that hold the same are interchangeable. An order that fits no open group
 * is left out.
 *
 * @param known orders that are matched already: their groups are closed, and they themselves are not matched again
 */
export function matchOrders(
  cart: PurchaseCart,
  orders: readonly Order[],
  known: readonly PlacedOrder[],
): PlacedOrder[] {
  const open = openGroups(cart, known);
  return unknownOf(orders, known).flatMap((order) => {
    const contents = contentsOf(
      order.lineItems.map(({ offerId = '', quantity }) => ({ catalogItemId: offerId, quantity })),
    );
    const at = open.findIndex((group) => contentsOf(linesOf(cart, group)) === contents);
    const [orderGroup] = at < 0 ? [] : open.splice(at, 1);
    return orderGroup === undefined ? [] : [placedOrder(orderGroup, linesOf(cart, orderGroup), order)];
  });
}

/**
 * The known orders and these, which are ours for certain (an answer or the audit names them). Those that fit no open group
 * are kept all the same, as unmatched: what was bought is never forgotten.
 */
export function addOwnOrders(cart: PurchaseCart, own: readonly Order[], known: readonly PlacedOrder[]): PlacedOrder[] {
  const matched = matchOrders(cart, own, known);
  const unmatched = unknownOf(own, [...known, ...matched]).map(unmatchedOrder);
  return [...known, ...matched, ...unmatched];
}

/** The groups of a cart that none of these orders is for. */
export function openGroups(cart: PurchaseCart, orders: readonly PlacedOrder[]): string[] {
  const closed = new Set(orders.map(({ orderGroup }) => orderGroup));
  return groupsOf(cart).filter((group) => !closed.has(group));
}

/** The order groups of a cart, each once. */
export function groupsOf(cart: PurchaseCart): string[] {
  return [...new Set(cart.lines.map(({ orderGroup }) => orderGroup))];
}

/** The lines of a cart's order group. */
export function linesOf(cart: PurchaseCart, group: string): CartLine[] {
  return cart.lines.filter(({ orderGroup }) => orderGroup === group);
}

/** Those that are not known yet, each once: a list may hold an order twice. */
function unknownOf(orders: readonly Order[], known: readonly PlacedOrder[]): Order[] {
  const seen = new Set(known.map(({ orderId }) => orderId));
  return orders.filter(({ id }) => !seen.has(id) && seen.add(id));
}

function placedOrder(orderGroup: string, lines: CartLine[], order: Order): PlacedOrder {
  const unused = [...order.lineItems];
  return {
    orderGroup,
    orderId: order.id,
    status: statusOf(order),
    lines: lines.map(({ lineId, catalogItemId, quantity }) => {
      const at = unused.findIndex((line) => line.offerId === catalogItemId && line.quantity === quantity);
      const [answer] = unused.splice(at, 1);
      return {
        lineId,
        catalogItemId,
        quantity,
        ...defined({ lineItemNumber: answer?.lineItemNumber, subscriptionId: answer?.subscriptionId }),
      };
    }),
  };
}

/** An order of ours whose lines are not those of any group: its lines have their own numbers as ids. */
function unmatchedOrder(order: Order): PlacedOrder {
  return {
    orderGroup: UNMATCHED_GROUP,
    orderId: order.id,
    status: statusOf(order),
    lines: order.lineItems.map(({ lineItemNumber, offerId = '', quantity, subscriptionId }) => ({
      lineId: `${order.id}/${lineItemNumber}`,
      catalogItemId: offerId,
      quantity,
      lineItemNumber,
      ...defined({ subscriptionId }),
    })),
  };
}

function statusOf({ status }: Order): PlacedOrder['status'] {
  return status === 'unknown' ? 'pending' : status;
}

function contentsOf(lines: readonly { catalogItemId: string; quantity: number }[]): string {
  return lines
    .map(({ catalogItemId, quantity }) => `${quantity} x ${catalogItemId}`)
    .toSorted()
    .join('\n');
}
