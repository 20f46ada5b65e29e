import type { OrderedLine, PlacedOrder } from '#shared/domain/purchase';
import type { EntitledArtifact, Entitlement } from '#shared/partner-center/resources/entitlements';
import type { ActivationLink } from '#shared/partner-center/resources/orders';

/** What the customer got of the finished orders, beyond subscriptions. */
export interface Fulfilment {
  /** Of all the customer's orders; ours are picked out. */
  entitlements: Entitlement[];
  /** By order and line. */
  links: { orderId: string; lineId: string; found: ActivationLink[] }[];
}

/**
 * Characters of JSON that all of it may take together: the purchase is one row, which holds some 500,000, and a request alone may be
 * half of it (page "Understanding the Table service data model").
 */
const MOST_KEPT = 50_000;

/**
 * The orders with entitlements (how many, and the references of reservations) and activation links on their lines, and the
 * lines for which these are too much to be kept.
 */
export function mergeFulfilment(
  orders: PlacedOrder[],
  fulfilment: Fulfilment,
): { orders: PlacedOrder[]; tooLong: string[] } {
  const tooLong: string[] = [];
  let left = MOST_KEPT;
  const merged = orders.map((order) => ({
    ...order,
    lines: order.lines.map((line) => {
      const more = { ...entitled(order, line, fulfilment), ...activated(order, line, fulfilment) };
      const { length } = JSON.stringify(more);
      if (length > left) {
        tooLong.push(line.lineId);
        return line;
      }
      left -= length;
      return { ...line, ...more };
    }),
  }));
  return { orders: merged, tooLong };
}

function entitled({ orderId }: PlacedOrder, line: OrderedLine, { entitlements }: Fulfilment): Partial<OrderedLine> {
  const own = entitlements.filter(
    ({ referenceOrder }) =>
      referenceOrder?.id === orderId && referenceOrder.lineItemId === `${line.lineItemNumber ?? ''}`,
  );
  if (own.length === 0) return {};
  const count = own.reduce((sum, { quantity = 0 }) => sum + quantity, 0);
  const references = own.flatMap(artifactsOf).flatMap(({ resourceId }) => resourceId ?? []);
  return { entitlements: { count, references } };
}

/** A bundle holds its contents inside itself (page "Entitlement resources"). */
function artifactsOf({ entitledArtifacts, includedEntitlements }: Entitlement): EntitledArtifact[] {
  return [...entitledArtifacts, ...includedEntitlements.flatMap(artifactsOf)];
}

function activated({ orderId }: PlacedOrder, line: OrderedLine, { links }: Fulfilment): Partial<OrderedLine> {
  const own = links.filter((one) => one.orderId === orderId && one.lineId === line.lineId);
  const [first] = own.flatMap(({ found }) => found);
  return first === undefined ? {} : { activationLink: first.link.uri };
}
