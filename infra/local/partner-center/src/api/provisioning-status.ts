import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { lineStatus } from '#rules/order-status';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { collection } from '#wire/link';
import { selfOf } from '#wire/paging';
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

function read(call: Call, context: SandboxContext): Answer {
  const order = orderOf(call, context, 'provisioningUnknown');
  const items = order.lines.map((line, index) => {
    const status = lineStatus(order, line, context.clock.now());
    return {
      lineItemNumber: index,
      orderLineItemId: index,
      status,
      quantityProvisioningInformation: [{ quantity: line.quantity, status }],
    };
  });
  return json(collection(items, selfOf(call)));
}
