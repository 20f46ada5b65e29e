import { defined } from '#shared/domain/defined';
import type { OrderedLine, PlacedOrder } from '#shared/domain/purchase';
import type { LineProvisioning, Order, OrderLine } from '#shared/partner-center/resources/orders';
import type { NotRead, Read } from './read-if-permitted';

/** What one poll of an order found: the order itself where that could have news, its provisioning where that was asked for. */
export interface Poll {
  readonly orderId: string;
  readonly order?: Order;
  readonly provisioning?: Read<LineProvisioning[]> | NotRead;
}

/** The order as the poll found it. What was known stays so: an answer that is behind takes nothing back. */
export function mergePoll(known: PlacedOrder, { order, provisioning }: Poll): PlacedOrder {
  const statuses = provisioning?.kind === 'read' ? provisioning.value : [];
  const answers = matchLines(known.lines, order?.lineItems ?? []);
  return {
    ...known,
    status: order === undefined ? known.status : further(ORDER, known.status, statusOf(order)),
    lines: known.lines.map((line) => provisionLine(answeredLine(line, answers.get(line)), statuses)),
  };
}

const ORDER = ['pending', 'completed', 'cancelled'] as const;
const LINE = ['pending', 'fulfilled', 'unfulfilled'] as const;

/** The one of two states that comes later. */
function further<State>(states: readonly State[], known: State, read: State): State {
  return states.indexOf(read) > states.indexOf(known) ? read : known;
}

/** A status that is new to us counts as pending, never as bought. */
function statusOf({ status }: Order): PlacedOrder['status'] {
  return status === 'unknown' ? 'pending' : status;
}

type Fits = (line: OrderedLine, answer: OrderLine) => boolean;
const isItem: Fits = ({ catalogItemId }, { offerId }) => offerId === catalogItemId;

/** What tells lines of the same item apart, the surest first. A line that was cancelled answers with quantity 0 (page "Cancel software purchases"). */
const SIGNS: Fits[] = [
  ({ lineItemNumber }, answer) => answer.lineItemNumber === lineItemNumber,
  ({ quantity }, answer) => answer.quantity === quantity,
  () => true,
];

/** Which answer is about which line. */
function matchLines(lines: OrderedLine[], answers: readonly OrderLine[]): Map<OrderedLine, OrderLine> {
  const unused = [...answers];
  const found = new Map<OrderedLine, OrderLine>();
  for (const isSame of SIGNS) {
    for (const line of lines.filter((one) => !found.has(one))) {
      const at = unused.findIndex((answer) => isItem(line, answer) && isSame(line, answer));
      const [answer] = at < 0 ? [] : unused.splice(at, 1);
      if (answer) found.set(line, answer);
    }
  }
  return found;
}

function answeredLine(line: OrderedLine, answer: OrderLine | undefined): OrderedLine {
  if (answer === undefined) return line;
  return {
    ...line,
    lineItemNumber: answer.lineItemNumber,
    ...defined({
      subscriptionId: line.subscriptionId ?? answer.subscriptionId,
      provisioning: answer.quantity === 0 ? 'unfulfilled' : line.provisioning,
    }),
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
  if (status === undefined) return line;
  return { ...line, provisioning: further(LINE, line.provisioning ?? 'pending', PROVISIONING[status]) };
}
