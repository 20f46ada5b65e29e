import { wireTime } from '#local/partner-center/clock';
import { json, type Answer } from '#local/partner-center/http/answer';
import type { Call } from '#local/partner-center/http/call';
import { link } from '#local/partner-center/http/link';
import { refusal } from '#local/partner-center/http/refusal';
import type { Route } from '#local/partner-center/http/route';
import { reservationIds } from '#local/partner-center/rules/reservation-ids';
import { termEnd } from '#local/partner-center/rules/term-end';
import type { Order, OrderLine } from '#local/partner-center/store/records';
import type { World } from '#local/partner-center/world';
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

type EntitlementType = 'software' | 'reservedinstance';
const types: ReadonlyMap<string, EntitlementType> = new Map([
  ['software', 'software'],
  ['reservedinstance', 'reservedinstance'],
  ['virtualmachinereservedinstance', 'reservedinstance'],
]);

/** What fulfilled orders gave the customer; cancelled lines are gone. The examples have no links. */
function list(call: Call, world: World): Answer {
  const customer = customerOf(call, world);
  const word = call.query.word('entitlementType');
  const wanted = word === undefined ? undefined : types.get(word);
  if (word !== undefined && wanted === undefined) throw refusal('invalidEnum', 'entitlementType is not known.');
  const withExpiry = call.query.flag('showExpiry');
  const items = world.store.orders
    .of(customer.id)
    .filter((order) => order.completesAt <= world.clock.now())
    .flatMap((order) => order.lines.map((line, index) => ({ order, line, index })))
    .flatMap(({ order, line, index }) => {
      const type = entitlementType(line, world);
      return type === undefined || line.cancelled || (wanted !== undefined && wanted !== type)
        ? []
        : [body(order, line, index, type, withExpiry, world)];
    });
  return json({ totalCount: items.length, items, attributes: { objectType: 'Collection' } });
}

/** Software of both kinds and reservations give entitlements; subscriptions alone do not. */
function entitlementType(line: OrderLine, world: World): EntitlementType | undefined {
  const yields = world.catalogue.goods(line.catalogItemId)?.offer.yields;
  if (yields === 'reservation') return 'reservedinstance';
  return yields === 'software' || yields === 'software-subscription' ? 'software' : undefined;
}

function body(
  order: Order,
  line: OrderLine,
  index: number,
  type: EntitlementType,
  withExpiry: boolean,
  world: World,
): object {
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
    entitledArtifacts: type === 'reservedinstance' ? [artifact(order, index)] : [],
    entitlementType: type,
    ...(withExpiry && line.termDuration !== undefined
      ? { expiryDate: wireTime(termEnd(order.createdAt, line.termDuration)) }
      : {}),
    ...(type === 'reservedinstance' ? { dynamicAttributes: { reservationType: 'virtualmachines' } } : {}),
  };
}

function artifact(order: Order, index: number): object {
  const { groupId, lineItemId, resourceId } = reservationIds(order, index);
  const base = `/customers/${order.customerId}/artifacts/reservedinstance`;
  return {
    link: link(`${base}/groups/${groupId}/lineitems/${lineItemId}/resource/${resourceId}`),
    resourceId,
    artifactType: 'reservedinstance',
  };
}
