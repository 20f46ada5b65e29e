import type { ItemKind, PlacedOrder, Purchase } from '#shared/domain/purchase';
import { getOrder, getProvisioningStatus } from '#shared/partner-center/resources/orders';
import type { Stage } from '#shared/pipeline/run-stage';
import type { World } from '#shared/pipeline/stage-context';
import { ifPossible } from './read-if-permitted';
import { judgeOrders } from './judge-orders';
import { readGoods } from './read-fulfilment';
import { isOpen, type Look } from './merge-poll';

/**
 * Follows each order until it is completed and provisioned, then reads once what the customer got. Orders are read by
 * their ids; the list would lag behind by up to 15 minutes (page "Get an order by ID").
 */
export const followOrders: Stage = {
  name: 'tracking',
  async run(purchase, world) {
    const { trackProvisioning, trackingIntervalsSeconds } = world.policy;
    const unsettled = (purchase.orders ?? []).filter(
      (order) => isOpen(order) || (trackProvisioning && isUnprovisioned(order)),
    );
    const looks = await Promise.all(unsettled.map((order) => look(purchase, order, world)));
    const outcome = judgeOrders(purchase, looks, trackingIntervalsSeconds);
    if (outcome.kind === 'wait' || !trackProvisioning) return outcome;
    const { orders, notRead } = await readGoods(purchase, outcome.facts.orders, world);
    const notes = new Set([outcome.note, ...notRead.map((what) => `not read: ${what}`)]);
    return { ...outcome, note: [...notes].join(', '), facts: { orders } };
  },
};

/** A pending order is asked for its status alone; a completed one for its provisioning, and for itself only if it may have news. */
async function look(purchase: Purchase, known: PlacedOrder, world: World): Promise<Look> {
  const { partnerCenter, policy } = world;
  const { customerId } = purchase.request;
  const { orderId } = known;
  const isKnown = known.status === 'completed' && !lacksSubscription(purchase, known);
  const order = isKnown ? undefined : await getOrder(partnerCenter, customerId, orderId, {}, world.read());
  const answer = { orderId, ...(order === undefined ? {} : { order }) };
  if ((order ?? known).status !== 'completed' || !policy.trackProvisioning) return answer;
  const provisioning = await ifPossible(getProvisioningStatus(partnerCenter, customerId, orderId, world.read()));
  return { ...answer, provisioning };
}

/** Completed, but nobody has told yet whether its lines can be used. */
function isUnprovisioned({ status, lines }: PlacedOrder): boolean {
  return status === 'completed' && lines.some(({ provisioning }) => provisioning === undefined);
}

/** What never becomes a subscription (page "Check out a cart"). */
const WITHOUT_SUBSCRIPTION = new Set<ItemKind | undefined>(['perpetual-software', 'reservation']);

function lacksSubscription({ offers = [] }: Purchase, { lines }: PlacedOrder): boolean {
  const kindOf = new Map(offers.map(({ lineId, kind }) => [lineId, kind]));
  return lines.some(
    ({ lineId, lineItemNumber, subscriptionId }) =>
      lineItemNumber === undefined || (subscriptionId === undefined && !WITHOUT_SUBSCRIPTION.has(kindOf.get(lineId))),
  );
}
