import type { PurchaseView } from '#client';
import type { LedgerOrder } from '#instruments';
import type { Paint } from '#text/paint';

/** A finished purchase of the demo. */
export interface Bought {
  /** How the demo calls it. */
  readonly name: string;
  readonly view: PurchaseView;
}

const row = (name: string, cart: string, group: string, order: string, status: string): string =>
  `${name.padEnd(5)}${cart.padEnd(38)}${group.padEnd(7)}${order.padEnd(35)}${status}`;

/**
 * One row for each order group of each purchase, with the one order that Partner Center's ledger has for it.
 * @throws an Error when the ledger has none, several, or another one than the purchase knows
 */
export function orderTable(purchases: readonly Bought[], ledger: readonly LedgerOrder[], paint: Paint): string[] {
  const rows = purchases.flatMap(({ name, view: { cart, orders = [] } }) => {
    const groups = [...new Set(cart?.lines.map(({ orderGroup }) => orderGroup))];
    return groups.map((group) => {
      const inLedger = ledger.filter(({ cartId, orderGroup }) => cartId === cart?.id && orderGroup === group);
      const known = orders.find(({ orderGroup }) => orderGroup === group);
      if (known === undefined || inLedger.length !== 1 || inLedger[0]?.orderId !== known.orderId)
        throw new Error(
          `Order group ${group} of cart ${cart?.id} has ${inLedger.length} orders in the ledger, expected exactly ${known?.orderId}.`,
        );
      return row(name, cart?.id ?? '', group, known.orderId, paint('green', known.status));
    });
  });
  return [paint('dim', row('', 'cart', 'group', 'order', 'status')), ...rows];
}
