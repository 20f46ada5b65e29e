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

/** The orders with entitlements (how many, and the references of reservations) and activation links on their lines. */
export function mergeFulfilment(orders: PlacedOrder[], fulfilment: Fulfilment): PlacedOrder[] {
  return orders.map((order) => ({
    ...order,
    lines: order.lines.map((line) => ({
      ...line,
      ...entitled(order, line, fulfilment),
      ...activated(order, line, fulfilment),
    })),
  }));
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
