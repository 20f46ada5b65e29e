import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { isDelivered } from '#rules/order-status';
import { reservationIds } from '#rules/reservation-ids';
import { termEnd } from '#rules/term-end';
import type { Order, OrderLine } from '#store/records';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { link } from '#wire/link';
import { refusal } from '#wire/refusal';
import { wireTime } from '#wire/time';
import { customerOf } from './customer-of';

/** Entitlements (page "get-a-collection-of-entitlements"); app+user only. */
export const entitlementRoutes: readonly Route[] = [
  {
    name: 'listEntitlements',
    method: 'GET',
    path: '/v1/customers/{customerId}/entitlements',
    access: 'user-token',
    answer: list,
  },
];

/** Older versions of the API have another name for reservations, and another address for their details. */
type ReservationName = 'reservedinstance' | 'virtualmachinereservedinstance';
type EntitlementType = 'software' | ReservationName;
const TYPES: ReadonlyMap<string, EntitlementType> = new Map([
  ['software', 'software'],
  ['reservedinstance', 'reservedinstance'],
  ['virtualmachinereservedinstance', 'virtualmachinereservedinstance'],
]);

/** An order line that is an entitlement of the customer. */
interface Owned {
  readonly order: Order;
  readonly line: OrderLine;
  readonly index: number;
  readonly type: EntitlementType;
}

/** The entitlements of fulfilled orders, without cancelled lines; without links, as in the examples. */
function list(call: Call, context: SandboxContext): Answer {
  const customer = customerOf(call, context);
  const word = call.query.word('entitlementType');
  const wanted = word === undefined ? undefined : TYPES.get(word);
  if (word !== undefined && wanted === undefined) throw refusal('invalidEnum', 'entitlementType is not known.');
  const reservations = wanted === 'virtualmachinereservedinstance' ? wanted : 'reservedinstance';
  const withExpiry = call.query.flag('showExpiry');
  const items = context.store.orders
    .of(customer.id)
    .filter((order) => isDelivered(order, context.clock.now()))
    .flatMap((order) => owned(order, reservations, context))
    .filter(({ type }) => wanted === undefined || wanted === type)
    .map((one) => body(one, withExpiry, context));
  return json({ totalCount: items.length, items, attributes: { objectType: 'Collection' } });
}

function owned(order: Order, reservations: ReservationName, context: SandboxContext): Owned[] {
  return order.lines.flatMap((line, index) => {
    const type = entitlementType(line, reservations, context);
    return type === undefined || line.cancelled ? [] : [{ order, line, index, type }];
  });
}

/** Software of both kinds and reservations give entitlements; subscriptions alone do not. */
function entitlementType(
  line: OrderLine,
  reservations: ReservationName,
  context: SandboxContext,
): EntitlementType | undefined {
  const yields = context.catalogue.item(line.catalogItemId)?.offer.yields;
  if (yields === 'reservation') return reservations;
  return yields === 'software' || yields === 'software-subscription' ? 'software' : undefined;
}

function body({ order, line, index, type }: Owned, withExpiry: boolean, context: SandboxContext): object {
  const [productId, skuId] = line.catalogItemId.split(':');
  const referenceOrder = { id: order.id, lineItemId: `${index}`, alternateId: order.alternateId };
  const included = context.catalogue.item(line.catalogItemId)?.offer.includes ?? [];
  return {
    includedEntitlements: included.map((part) => ({
      includedEntitlements: [],
      referenceOrder,
      ...part,
      quantity: line.quantity,
      entitledArtifacts: [],
      entitlementType: type,
    })),
    referenceOrder,
    productId,
    skuId,
    quantity: line.quantity,
    quantityDetails: [{ quantity: line.quantity, status: 'Fulfilled' }],
    entitledArtifacts: type === 'software' ? [] : [artifact(order, index, type)],
    entitlementType: type,
    expiryDate:
      withExpiry && line.termDuration !== undefined ? wireTime(termEnd(order.createdAt, line.termDuration)) : undefined,
    dynamicAttributes: type === 'software' ? undefined : { reservationType: 'virtualmachines' },
  };
}

function artifact(order: Order, index: number, artifactType: ReservationName): object {
  const { groupId, lineItemId, resourceId } = reservationIds(order, index);
  const base = `/customers/${order.customerId}/artifacts/${artifactType}`;
  return {
    link: link(`${base}/groups/${groupId}/lineitems/${lineItemId}/resource/${resourceId}`),
    resourceId,
    artifactType,
  };
}
