import type { CartLine, PlacedOrder, PurchaseCart, RefusedGroup } from '#shared/domain/purchase';
import type { CheckoutResult } from '#shared/partner-center/carts';
import { lookUpError } from '#shared/partner-center/error-table';
import type { Order } from '#shared/partner-center/orders';
import type { Outcome } from '#shared/pipeline/outcome';

/** 201 may hold orders and errors at once: one order per group that was bought, one error per group that was not. */
export function readOutcome(cart: PurchaseCart, { orders, orderErrors }: CheckoutResult): Outcome {
  const refusedGroups = orderErrors.map(({ orderGroupId = '?', code = 'unknown', description }): RefusedGroup => {
    const { advice } = lookUpError(400, code);
    return {
      orderGroup: orderGroupId,
      lineIds: cart.lines.filter(({ orderGroup }) => orderGroup === orderGroupId).map(({ lineId }) => lineId),
      reason: { code, message: description ?? `order group ${orderGroupId} was not ordered`, advice },
    };
  });
  const refused = new Set(refusedGroups.map(({ orderGroup }) => orderGroup));
  const placed = matchOrders(cart, orders, refused);
  if (placed.length === 0) return nothingBought(cart, refusedGroups);
  const missing = groupsOf(cart).filter(
    (group) => !refused.has(group) && !placed.some(({ orderGroup }) => orderGroup === group),
  );
  if (missing.length > 0) return unaccounted(missing, placed, refusedGroups);
  return placedOutcome(placed, refusedGroups);
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
    facts: { orders: placed, refusedGroups },
    happening: 'placed',
  };
}

function nothingBought(cart: PurchaseCart, refusedGroups: RefusedGroup[]): Outcome {
  const [first] = refusedGroups;
  if (!first) {
    return {
      kind: 'held',
      reason: {
        code: 'empty-checkout',
        message: `The checkout of cart ${cart.id} answered with neither orders nor errors.`,
        advice: "Look at the customer's orders in Partner Center, then resume the purchase.",
      },
    };
  }
  return { kind: 'refused', reason: first.reason, facts: { refusedGroups } };
}

function unaccounted(missing: string[], placed: PlacedOrder[], refusedGroups: RefusedGroup[]): Outcome {
  return {
    kind: 'held',
    reason: {
      code: 'unaccounted-group',
      message: `The checkout answered for ${placed.length} order(s), but not for group(s) ${missing.join(', ')}.`,
      advice: "Look at the customer's orders in Partner Center, then resume the purchase.",
    },
    facts: { orders: placed, refusedGroups },
  };
}

/**
 * Which order belongs to which group. An answer does not say; line numbers start over in every order, so orders and
 * groups are matched by what they hold. Groups that hold the same are interchangeable.
 */
export function matchOrders(cart: PurchaseCart, orders: Order[], refused: ReadonlySet<string>): PlacedOrder[] {
  const open = groupsOf(cart).filter((group) => !refused.has(group));
  return orders.flatMap((order) => {
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
