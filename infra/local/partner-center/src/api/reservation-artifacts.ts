import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { isDelivered } from '#rules/order-status';
import { reservationIds } from '#rules/reservation-ids';
import { termEnd } from '#rules/term-end';
import type { Order, OrderLine } from '#store/records';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { refusal } from '#wire/refusal';
import { wireTime } from '#wire/time';
import { customerOf } from './customer-of';

const ARTIFACT = 'groups/{groupId}/lineitems/{lineItemId}/resource/{resourceId}';

/** Reservation details behind an entitlement's artifact link (page "get-a-collection-of-entitlements"); app+user only. */
export const reservationArtifactRoutes: readonly Route[] = [
  {
    name: 'getReservation',
    method: 'GET',
    path: `/v1/customers/{customerId}/artifacts/reservedinstance/${ARTIFACT}`,
    access: 'user-token',
    answer: (call, context) => json({ type: 'reservedinstance', ...details(call, context, 'reservations') }),
  },
  {
    name: 'getOldReservation',
    method: 'GET',
    path: `/v1/customers/{customerId}/artifacts/virtualmachinereservedinstance/${ARTIFACT}`,
    access: 'user-token',
    answer: old,
  },
];

/** The older form has other names for the type and the list. */
function old(call: Call, context: SandboxContext): Answer {
  return json({ type: 'virtual_machine_reserved_instance', ...details(call, context, 'virtualMachineReservations') });
}

function details(call: Call, context: SandboxContext, listName: string): object {
  const { order, line } = reservedLine(call, context);
  const { subscriptionId = '', scope = 'shared' } = line.provisioningContext ?? {};
  const shared = scope.toLowerCase() === 'shared';
  const reservation = {
    reservationId: call.param('resourceId'),
    displayName: line.friendlyName,
    scopeType: shared ? 'Shared' : 'Single',
    appliedScopes: shared ? undefined : [subscriptionId],
    quantity: line.quantity,
    effectiveDateTime: wireTime(order.createdAt),
    expiryDateTime: wireTime(termEnd(order.createdAt, line.termDuration ?? 'P1Y')),
    provisioningState: 'Created',
  };
  return { [listName]: [reservation] };
}

function reservedLine(call: Call, context: SandboxContext): { order: Order; line: OrderLine } {
  const customer = customerOf(call, context);
  const fulfilled = context.store.orders.of(customer.id).filter((order) => isDelivered(order, context.clock.now()));
  for (const order of fulfilled) {
    const line = order.lines.find((one, index) => !one.cancelled && isNamed(call, reservationIds(order, index)));
    if (line) return { order, line };
  }
  throw refusal('notFound', 'There is no such reservation.');
}

/** All three ids have to match: callers take the address from the entitlement's link and do not build it. */
const isNamed = (call: Call, ids: ReturnType<typeof reservationIds>): boolean =>
  Object.entries(ids).every(([name, id]) => call.param(name).toLowerCase() === id);
