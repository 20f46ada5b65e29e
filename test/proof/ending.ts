import type { CloudEvent } from '#shared/domain/cloud-event';
import type { Ending } from '#test/support/machine';
import type { TestSandbox } from '#test/support/sandbox';

/** An ending and the orders that Partner Center's ledger has under this purchase's correlation id, whatever the cart. */
export async function withLedger(sandbox: TestSandbox, ending: Ending) {
  const { purchase } = ending.stored;
  const orders = (await sandbox.orders()).filter(({ correlationId }) => correlationId === purchase.id);
  return { ...ending, orders, groups: orders.map(({ orderGroup }) => orderGroup).toSorted() };
}
export type EndingWithLedger = Awaited<ReturnType<typeof withLedger>>;

/**
 * The events of a purchase as a subscriber would put them in order: `1 accepted`, `4 order-placed`. Of neighbouring events
 * about orders those that were placed come first: how long it took to find an order is not part of what happened.
 */
export function eventsInOrder(events: CloudEvent[]): string[] {
  const names = events
    .toSorted((a, b) => (a.sequence < b.sequence ? -1 : 1))
    .map(({ type }) =>
      type.replace(/^cartage\.(?:purchase\.|(order)\.)(.*)\.v1$/, (_, about, name) => (about ? `order-${name}` : name)),
    );
  const text = names.join(' ').replace(/order-\S+(?: order-\S+)+/g, (run) => {
    const each = run.split(' ');
    return [...each.filter((name) => name === 'order-placed'), ...each.filter((name) => name !== 'order-placed')].join(
      ' ',
    );
  });
  return text.split(' ').map((name, at) => `${at + 1} ${name}`);
}

/** What is true of a purchase in the end, as far as anybody outside can tell. */
export interface Observed {
  status: string;
  /** Why, where it is not as asked: the reason's code. */
  reason: string | undefined;
  /** The groups that were bought, by the ledger; a group that was bought twice is there twice. */
  groups: string[];
  /** The groups of them that were cancelled. */
  cancelled: string[];
  /** Line and code of everything that was rejected while the rest was bought. */
  rejected: string[];
  /** The distinct events, in their order. */
  events: string[];
  /** What is still to be sent. */
  pending: number;
  /** What was thrown that nobody planned. */
  bugs: string[];
}

export function observe({ stored, orders, groups, events, bugs }: EndingWithLedger): Observed {
  const { status, reason, rejectedGroups = [] } = stored.purchase;
  return {
    status,
    reason: reason?.code,
    groups,
    cancelled: orders
      .filter(({ lines }) => lines.every(({ cancelled }) => cancelled))
      .map(({ orderGroup }) => orderGroup),
    rejected: rejectedGroups.flatMap(({ lineIds, reason: why }) => lineIds.map((line) => `${line} ${why.code}`)),
    events: eventsInOrder(events),
    pending: stored.pending.length,
    bugs,
  };
}
