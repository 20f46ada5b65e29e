import { json, type Answer } from '#http/answer';
import type { Call } from '#http/call';
import { collection, link } from '#http/link';
import { selfOf } from '#http/paging';
import { refusal } from '#http/refusal';
import type { Route } from '#http/route';
import type { Order } from '#store/records';
import type { World } from '#world';
import { isSaas } from './order-body';
import { orderOf } from './orders';

const order = '/v1/customers/{customerId}/orders/{orderId}';

/** Activation links of marketplace SaaS lines (page "get-activation-link-by-order-line-item"). */
export const activationLinkRoutes: readonly Route[] = [
  { name: 'listActivationLinks', method: 'GET', path: `${order}/activationlinks`, access: 'token', answer: ofOrder },
  {
    name: 'getActivationLink',
    method: 'GET',
    path: `${order}/lineitems/{lineItemNumber}/activationlinks`,
    access: 'token',
    answer: ofLine,
  },
];

function ofOrder(call: Call, world: World): Answer {
  return json(collection(links(orderOf(call, world)), selfOf(call)));
}

function ofLine(call: Call, world: World): Answer {
  const placed = orderOf(call, world);
  const number = Number(call.param('lineItemNumber'));
  if (!placed.lines[number]) throw refusal('lineOutOfRange');
  return json(
    collection(
      links(placed).filter((one) => one.lineItemNumber === number),
      selfOf(call),
    ),
  );
}

/** A dummy, as in Microsoft's sandbox. */
const links = (placed: Order): { lineItemNumber: number; link: object }[] =>
  placed.lines.flatMap((line, lineItemNumber) =>
    isSaas(line)
      ? [{ lineItemNumber, link: link(`https://activation.example.com/${placed.id}/${String(lineItemNumber)}`) }]
      : [],
  );
