import { cutText } from '#shared/domain/cut-text';
import { defined } from '#shared/domain/defined';
import { meaningOf, type OrderMeaning } from '#shared/domain/order-status';
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
  const { statusWord: _word, ...rest } = known;
  return {
    ...rest,
    ...laterStatus(known, order),
    lines: known.lines.map((line) => provisionLine(answeredLine(line, answers.get(line)), statuses)),
  };
}

const LINE = ['pending', 'fulfilled', 'unfulfilled'] as const;

/** The one of two states of a line that comes later. */
function further<State>(states: readonly State[], known: State, read: State): State {
  return states.indexOf(read) > states.indexOf(known) ? read : known;
}

/** What comes later: while an order waits it may go from any status to any, after that it only ends once more by a cancellation. */
const STEPS: Record<OrderMeaning['kind'], number> = {
  waits: 0,
  'needs-person': 0,
  failed: 1,
  delivered: 1,
  'delivered-in-part': 1,
  withdrawn: 2,
};

function laterStatus(known: PlacedOrder, read: Order | undefined): Pick<PlacedOrder, 'status' | 'statusWord'> {
  const isBehind = read !== undefined && STEPS[meaningOf(read.status).kind] < STEPS[meaningOf(known.status).kind];
  const { status, statusWord } = read === undefined || isBehind ? known : read;
  return { status, ...defined({ statusWord: statusWord && cutText(statusWord, LONGEST_WORD) }) };
}

const LONGEST_WORD = 64;

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
