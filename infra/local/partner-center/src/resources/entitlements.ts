import { wireTime } from '#clock';
import { json, type Answer } from '#http/answer';
import type { Call } from '#http/call';
import { link } from '#http/link';
import { refusal } from '#http/refusal';
import type { Route } from '#http/route';
import { reservationIds } from '#rules/reservation-ids';
import { termEnd } from '#rules/term-end';
import type { Order, OrderLine } from '#store/records';
import type { World } from '#world';
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

/** The older contract had a name of its own for reservations, and another place for their details. */
type ReservationName = 'reservedinstance' | 'virtualmachinereservedinstance';
type EntitlementType = 'software' | ReservationName;
const types: ReadonlyMap<string, EntitlementType> = new Map([
  ['software', 'software'],
  ['reservedinstance', 'reservedinstance'],
  ['virtualmachinereservedinstance', 'virtualmachinereservedinstance'],
]);

/** An order line that gave the customer something. */
interface Owned {
  readonly order: Order;
  readonly line: OrderLine;
  readonly index: number;
  readonly type: EntitlementType;
}

/** What fulfilled orders gave the customer; cancelled lines are gone. The examples have no links. */
function list(call: Call, world: World): Answer {
  const customer = customerOf(call, world);
  const word = call.query.word('entitlementType');
  const wanted = word === undefined ? undefined : types.get(word);
  if (word !== undefined && wanted === undefined) throw refusal('invalidEnum', 'entitlementType is not known.');
  const reservations = wanted === 'virtualmachinereservedinstance' ? wanted : 'reservedinstance';
  const withExpiry = call.query.flag('showExpiry');
  const items = world.store.orders
    .of(customer.id)
    .filter((order) => order.completesAt <= world.clock.now())
    .flatMap((order) => owned(order, reservations, world))
    .filter(({ type }) => wanted === undefined || wanted === type)
    .map((one) => body(one, withExpiry, world));
  return json({ totalCount: items.length, items, attributes: { objectType: 'Collection' } });
}

function owned(order: Order, reservations: ReservationName, world: World): Owned[] {
  return order.lines.flatMap((line, index) => {
    const type = entitlementType(line, reservations, world);
    return type === undefined || line.cancelled ? [] : [{ order, line, index, type }];
  });
}

/** Software of both kinds and reservations give entitlements; subscriptions alone do not. */
function entitlementType(line: OrderLine, reservations: ReservationName, world: World): EntitlementType | undefined {
  const yields = world.catalogue.goods(line.catalogItemId)?.offer.yields;
  if (yields === 'reservation') return reservations;
  return yields === 'software' || yields === 'software-subscription' ? 'software' : undefined;
}

function body({ order, line, index, type }: Owned, withExpiry: boolean, world: World): object {
  const [productId, skuId] = line.catalogItemId.split(':');
  const referenceOrder = { id: order.id, lineItemId: String(index), alternateId: order.alternateId };
  const included = world.catalogue.goods(line.catalogItemId)?.offer.includes ?? [];
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
    ...(withExpiry && line.termDuration !== undefined
      ? { expiryDate: wireTime(termEnd(order.createdAt, line.termDuration)) }
      : {}),
    ...(type === 'software' ? {} : { dynamicAttributes: { reservationType: 'virtualmachines' } }),
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
