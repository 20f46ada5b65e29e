import type { OrderEvent } from '#shared/domain/order-event';
import type { Ending } from '#test/support/machine';
import type { TestSandbox } from '#test/support/sandbox';

/** An ending and the orders that Partner Center's ledger has under this purchase's correlation id, whatever the cart. */
export async function withLedger(sandbox: TestSandbox, ending: Ending) {
  const { purchase } = ending.stored;
  const orders = (await sandbox.orders()).filter(({ correlationId }) => correlationId === purchase.id);
  return { ...ending, orders, groups: orders.map(({ orderGroup }) => orderGroup).toSorted() };
}
export type EndingWithLedger = Awaited<ReturnType<typeof withLedger>>;

/** The events of a purchase as a subscriber would put them in order. */
export function tale(events: OrderEvent[]): string[] {
  return events.map(({ type, sequence }) => `${sequence} ${type.split('.')[2]}`).toSorted();
}

/** What is true of a purchase in the end, as far as anybody outside can tell. */
export interface Facts {
  status: string;
  /** Why, where it is not as asked: the reason's code. */
  reason: string | undefined;
  /** The groups that were bought, by the ledger; a group that was bought twice is there twice. */
  groups: string[];
  /** The groups of them that were cancelled. */
  cancelled: string[];
  /** Line and code of everything that was refused while the rest was bought. */
  refused: string[];
  /** The distinct events, in their order. */
  tale: string[];
  /** What is still to be sent. */
  pending: number;
  /** What was thrown that nobody planned. */
  bugs: string[];
}

export function factsOf({ stored, orders, groups, events, bugs }: EndingWithLedger): Facts {
  const { status, reason, refusedGroups = [] } = stored.purchase;
  return {
    status,
    reason: reason?.code,
    groups,
    cancelled: orders
      .filter(({ lines }) => lines.every(({ cancelled }) => cancelled))
      .map(({ orderGroup }) => orderGroup),
    refused: refusedGroups.flatMap(({ lineIds, reason: why }) => lineIds.map((line) => `${line} ${why.code}`)),
    tale: tale(events),
    pending: stored.pending.length,
    bugs,
  };
}
