import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import type { Order } from '#store/records';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { collection, link } from '#wire/link';
import { selfOf } from '#wire/paging';
import { refusal } from '#wire/refusal';
import { isSaas } from './order-body';
import { orderOf } from './orders';

const ORDER = '/v1/customers/{customerId}/orders/{orderId}';

/** Activation links of marketplace SaaS lines (page "get-activation-link-by-order-line-item"). */
export const activationLinkRoutes: readonly Route[] = [
  { name: 'listActivationLinks', method: 'GET', path: `${ORDER}/activationlinks`, access: 'token', answer: ofOrder },
  {
    name: 'getActivationLink',
    method: 'GET',
    path: `${ORDER}/lineitems/{lineItemNumber}/activationlinks`,
    access: 'token',
    answer: ofLine,
  },
];

function ofOrder(call: Call, context: SandboxContext): Answer {
  return json(collection(links(orderOf(call, context)), selfOf(call)));
}

function ofLine(call: Call, context: SandboxContext): Answer {
  const placed = orderOf(call, context);
  const number = Number(call.param('lineItemNumber'));
  if (!placed.lines[number]) throw refusal('lineOutOfRange');
  return json(
    collection(
      links(placed).filter((one) => one.lineItemNumber === number),
      selfOf(call),
    ),
  );
}

/** A placeholder, as in Microsoft's own sandbox. */
const links = (placed: Order): { lineItemNumber: number; link: object }[] =>
  placed.lines.flatMap((line, lineItemNumber) =>
    isSaas(line)
      ? [{ lineItemNumber, link: link(`https://activation.example.com/${placed.id}/${lineItemNumber}`) }]
      : [],
  );
