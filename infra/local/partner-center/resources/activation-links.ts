import { json, type Answer } from '#local/partner-center/http/answer';
import type { Call } from '#local/partner-center/http/call';
import { collection, link } from '#local/partner-center/http/link';
import { selfOf } from '#local/partner-center/http/paging';
import { refusal } from '#local/partner-center/http/refusal';
import type { Route } from '#local/partner-center/http/route';
import type { Order } from '#local/partner-center/store/records';
import type { World } from '#local/partner-center/world';
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
