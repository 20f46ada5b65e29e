import type { OrderedLine, PlacedOrder } from '#shared/domain/purchase';
import type { LineProvisioning, Order, OrderLine } from '#shared/partner-center/orders';
import type { NotRead } from './if-possible';

/** What one look at an order found: the order itself where that could have news, its provisioning where that was asked for. */
export interface Look {
  orderId: string;
  order?: Order;
  provisioning?: LineProvisioning[] | NotRead;
}

/** Whether there is anything left to wait for. The lines' provisioning decides, where it is known, else the order's status. */
export function isOpen({ status, lines }: PlacedOrder): boolean {
  if (status === 'completed') return lines.some(({ provisioning }) => provisioning === 'pending');
  return status === 'pending';
}

/** The order as the look found it. */
export function updateOrder(known: PlacedOrder, { order, provisioning }: Look): PlacedOrder {
  const statuses = provisioning === undefined || 'notRead' in provisioning ? [] : provisioning;
  const unused = [...(order?.lineItems ?? [])];
  return {
    ...known,
    status: order === undefined ? known.status : statusOf(order),
    lines: known.lines.map((line) => provisionLine(answeredLine(line, takeMatch(line, unused)), statuses)),
  };
}

/** A status that is new to us counts as pending, never as bought. */
function statusOf({ status }: Order): PlacedOrder['status'] {
  return status === 'unknown' ? 'pending' : status;
}

/** Lines are matched by item and quantity; a line that was cancelled answers with quantity 0 (page "Cancel software purchases"). */
function takeMatch(line: OrderedLine, unused: OrderLine[]): OrderLine | undefined {
  const isItem = ({ offerId }: OrderLine) => offerId === line.catalogItemId;
  const exact = unused.findIndex((answer) => isItem(answer) && answer.quantity === line.quantity);
  const at = exact < 0 ? unused.findIndex(isItem) : exact;
  return at < 0 ? undefined : unused.splice(at, 1)[0];
}

function answeredLine(line: OrderedLine, answer: OrderLine | undefined): OrderedLine {
  if (answer === undefined) return line;
  const subscriptionId = line.subscriptionId ?? answer.subscriptionId;
  return {
    ...line,
    lineItemNumber: answer.lineItemNumber,
    ...(subscriptionId === undefined ? {} : { subscriptionId }),
    ...(answer.quantity === 0 ? { provisioning: 'unfulfilled' } : {}),
  };
}

const PROVISIONING = {
  fulfilled: 'fulfilled',
  unfulfilled: 'unfulfilled',
  prefulfillment_pending: 'pending',
  unknown: 'pending',
} as const;

function provisionLine(line: OrderedLine, statuses: LineProvisioning[]): OrderedLine {
  const status = statuses.find(({ lineItemNumber }) => lineItemNumber === line.lineItemNumber)?.status;
  if (status === undefined || line.provisioning === 'unfulfilled') return line;
  return { ...line, provisioning: PROVISIONING[status] };
}
