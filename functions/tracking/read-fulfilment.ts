import type { ItemKind, OrderedLine, PlacedOrder, Purchase } from '#shared/domain/purchase';
import { meaningOf } from '#shared/domain/order-status';
import { listEntitlements, type EntitlementFilter } from '#shared/partner-center/resources/entitlements';
import { listActivationLinks } from '#shared/partner-center/resources/orders';
import type { StageContext } from '#shared/pipeline/stage';
import { mergeFulfilment, type Fulfilment } from './merge-fulfilment';
import { readIfReadable } from './read-if-permitted';

/**
 * Reads, once at the end, what software, reservations and marketplace subscriptions give beyond a subscription id: one
 * call for all entitlements, one for each line with an activation link. What can't be read is left out and noted.
 */
export async function readFulfilment(
  purchase: Purchase,
  orders: PlacedOrder[],
  context: StageContext,
): Promise<{ orders: PlacedOrder[]; notRead: string[] }> {
  const { customerId } = purchase.request;
  const bought = boughtLines(purchase, orders);
  const notRead: string[] = [];
  const fulfilment: Fulfilment = { entitlements: [], links: [] };
  const filter = entitlementFilter(bought.map(({ kind }) => kind));
  if (filter) {
    const found = await readIfReadable(listEntitlements(context.partnerCenter, customerId, filter, context.read()));
    if (found.kind === 'not-read') notRead.push(found.what);
    else fulfilment.entitlements = found.value;
  }
  for (const { orderId, line, kind } of bought) {
    if (kind !== 'saas') continue;
    const { lineId, lineItemNumber } = line;
    const found = await readIfReadable(
      listActivationLinks(context.partnerCenter, customerId, orderId, lineItemNumber, context.read()),
    );
    if (found.kind === 'not-read') notRead.push(found.what);
    else fulfilment.links.push({ orderId, lineId, found: found.value });
  }
  const { orders: merged, tooLong } = mergeFulfilment(orders, fulfilment);
  if (tooLong.length > 0) notRead.push(`too long to be kept, of line(s) ${tooLong.join(' ')}: see Partner Center`);
  return { orders: merged, notRead };
}

interface BoughtLine {
  orderId: string;
  line: OrderedLine;
  kind: ItemKind;
}

/** The lines that the customer really has, with what they are. */
function boughtLines({ offers = [] }: Purchase, orders: PlacedOrder[]): BoughtLine[] {
  const kindOf = new Map(offers.map(({ lineId, kind }) => [lineId, kind]));
  return orders
    .filter(({ status }) => meaningOf(status).kind.startsWith('delivered'))
    .flatMap(({ orderId, lines }) =>
      lines
        .filter(({ provisioning }) => provisioning !== 'unfulfilled')
        .map((line) => ({ orderId, line, kind: kindOf.get(line.lineId) ?? 'other' })),
    );
}

/** Which entitlements to ask for; undefined when nothing of what was bought has any (page "Entitlement resources"). */
function entitlementFilter(kinds: ItemKind[]): EntitlementFilter | undefined {
  const hasReservation = kinds.includes('reservation');
  const hasSoftware = kinds.includes('software-subscription') || kinds.includes('perpetual-software');
  if (hasReservation && hasSoftware) return {};
  if (hasReservation) return { entitlementType: 'reservedinstance' };
  return hasSoftware ? { entitlementType: 'software' } : undefined;
}
