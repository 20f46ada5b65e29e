import type { OrderEvent } from '#shared/domain/order-event';
import { aRequest } from '#test/support/builders';
import { Machine, type Ending, type Mishaps } from '#test/support/machine';
import { threeLines } from '#test/support/requests';
import type { TestSandbox } from '#test/support/sandbox';

/** Three lines in two order groups, bought under some mishaps, with what the ledger has of it. */
export async function buyThreeLines(sandbox: TestSandbox, mishaps: Mishaps = {}) {
  return withLedger(sandbox, await new Machine(sandbox, mishaps).buy(aRequest(threeLines.lines)));
}

/** An ending and the groups that Partner Center's ledger has under this purchase's correlation id, whatever the cart. */
export async function withLedger(sandbox: TestSandbox, ending: Ending) {
  const { purchase } = ending.stored;
  const orders = (await sandbox.orders()).filter(({ correlationId }) => correlationId === purchase.id);
  return { ...ending, orders, groups: orders.map(({ orderGroup }) => orderGroup).toSorted() };
}

/** The events of a purchase as a subscriber would put them in order. */
export function tale(events: OrderEvent[]): string[] {
  return events.map(({ type, sequence }) => `${sequence} ${type.split('.')[2]}`).toSorted();
}

/** What must be true in the end, whatever happened: one order per group, the same story, nothing left to send. */
export const rightEnding = {
  status: 'completed',
  groups: ['0', '1'],
  tale: ['1 accepted', '2 discovered', '3 carted', '4 placed', '5 completed'],
  pending: 0,
};

/** The facts of an ending, in the form of `rightEnding`. */
export function factsOf({ stored, groups, events }: Awaited<ReturnType<typeof buyThreeLines>>): typeof rightEnding {
  return { status: stored.purchase.status, groups, tale: tale(events), pending: stored.pending.length };
}
