import { json, type Answer } from '#http/answer';
import type { Call } from '#http/call';
import { collection } from '#http/link';
import { selfOf } from '#http/paging';
import type { Route } from '#http/route';
import { lineStatus } from '#rules/order-status';
import type { World } from '#world';
import { orderOf } from './orders';

/** Page "get-order-provisioning-status"; app+user only. */
export const provisioningStatusRoutes: readonly Route[] = [
  {
    name: 'getProvisioningStatus',
    method: 'GET',
    path: '/v1/customers/{customerId}/orders/{orderId}/provisioningstatus',
    access: 'user-token',
    throttle: 'tenant',
    answer: read,
  },
];

function read(call: Call, world: World): Answer {
  const order = orderOf(call, world, 'provisioningUnknown');
  const items = order.lines.map((line, index) => {
    const status = lineStatus(order, line, world.clock.now());
    return {
      lineItemNumber: index,
      orderLineItemId: index,
      status,
      quantityProvisioningInformation: [{ quantity: line.quantity, status }],
    };
  });
  return json(collection(items, selfOf(call)));
}
