import { defined } from '#shared/domain/defined';
import type { CartLine, PlacedOrder, PurchaseCart } from '#shared/domain/purchase';
import type { Order } from '#shared/partner-center/resources/orders';

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
        ...defined({ lineItemNumber: answer?.lineItemNumber, subscriptionId: answer?.subscriptionId }),
      };
    }),
  };
}

/** The order groups of a cart, each once. */
export function groupsOf(cart: PurchaseCart): string[] {
  return [...new Set(cart.lines.map(({ orderGroup }) => orderGroup))];
}

/** The lines of a cart's order group. */
export function linesOf(cart: PurchaseCart, group: string): CartLine[] {
  return cart.lines.filter(({ orderGroup }) => orderGroup === group);
}

function contentsOf(lines: { catalogItemId: string; quantity: number }[]): string {
  return lines
    .map(({ catalogItemId, quantity }) => `${quantity} x ${catalogItemId}`)
    .toSorted()
    .join('\n');
}
