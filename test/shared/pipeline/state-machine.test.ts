import { expect, test } from '@jest/globals';
import { isTerminal, stageNames, type Purchase, type StageName } from '#shared/domain/purchase';
import type { CommandOutcome, WrittenOutcome } from '#shared/pipeline/outcome';
import type { Stage, StageOutcome } from '#shared/pipeline/stage';
import { edges, edgesFrom, stateOf, type State } from '#shared/pipeline/state-machine';
import { transition } from '#shared/pipeline/transition';
import { aPurchase, NOW } from '#test/support/builders';

const circumstances = { now: NOW, milliseconds: 1, answersByOperation: {} };
const reason = { code: 'x', message: 'y', advice: 'z' };

const isStage = (state: State): state is StageName => stageNames.some((name) => name === state);

/** A purchase in a state; a held one was held at the stage where the test wants it to go on. */
function purchaseIn(state: State, next: State): Purchase {
  if (isStage(state)) return aPurchase({ stage: state, attempts: { [state]: 1 } });
  return aPurchase({ status: state, stage: isStage(next) ? next : 'cart' });
}

/** What takes a purchase into a state. */
function outcomeInto(to: State, from: State): WrittenOutcome | CommandOutcome {
  const byOperator = !isStage(from);
  if (to === 'tracking' && (from === 'completed' || from === 'partially-completed')) {
    const cancellation = { orderIds: ['order-1'], note: '', statusBefore: from };
    return { kind: 'cancel-orders', note: '', changes: { cancellation } };
  }
  if (isStage(to)) return byOperator ? { kind: 'resume', note: '' } : { kind: 'advance', next: to, note: '' };
  switch (to) {
    case 'rejected':
      return { kind: 'reject', reason };
    case 'held':
      return { kind: 'hold', reason };
    case 'completed':
    case 'quoted':
      return { kind: 'complete', status: to, note: '' };
    case 'partially-completed':
      return { kind: 'complete', status: to, note: '' };
    case 'cancelled':
      return { kind: 'cancel', note: '' };
    case 'failed':
      return { kind: 'mark-failed', note: '' };
  }
}

const allEdges = Object.entries(edges).flatMap(([from, targets]) => targets.map((to) => [from, to] as [State, State]));

test.each(allEdges)('a purchase goes from %s to %s', (from, to) => {
  const next = transition(purchaseIn(from, to), outcomeInto(to, from), circumstances);
  expect(stateOf(next.purchase)).toBe(to);
  const events = next.pending.flatMap((item) =>
    item.kind === 'event' && item.event.about === 'purchase' ? [item] : [],
  );
  const messages = next.pending.filter(({ kind }) => kind === 'stage');
  // What goes on has a message to the stage; what ends, stops or resumes has an event that says so.
  expect([messages.length, events.length]).toEqual([isStage(to) ? 1 : 0, isStage(to) && from !== 'held' ? 0 : 1]);
});

const states = Object.keys(edges) as State[];
const gaps = states.flatMap((from) =>
  states.filter((to) => from !== to && !edgesFrom(from).includes(to)).map((to) => [from, to] as [State, State]),
);

test.each(gaps)('a purchase never goes from %s to %s', (from, to) => {
  expect(() => transition(purchaseIn(from, to), outcomeInto(to, from), circumstances)).toThrow(
    /can not go|no stage can go on/,
  );
});

test("a purchase leaves its end only by an operator's cancel", () => {
  const ends = states.filter((state) => !isStage(state) && isTerminal(state));
  const ways = ends.flatMap((state) => edgesFrom(state).map((to) => `${state} to ${to}`));
  expect(ways).toEqual(['completed to tracking', 'partially-completed to tracking']);
});

test('a next stage that the state machine does not know of does not compile', () => {
  const advance = { kind: 'advance', note: '' } as const;
  const fromCart: StageOutcome<'cart'>[] = [{ ...advance, next: 'checkout' }];
  // @ts-expect-error a cart is checked out before it is tracked
  fromCart.push({ ...advance, next: 'tracking' });
  const fromInventory: StageOutcome<'inventory'>[] = [{ ...advance, next: 'cart' }];
  // @ts-expect-error enablement comes before the inventory check
  fromInventory.push({ ...advance, next: 'enablement' });
  const inventory: Stage<'inventory'> = { name: 'inventory', run: async () => ({ ...advance, next: 'cart' }) };
  // @ts-expect-error a stage that may advance to the cart is no stage that may only end
  const tracking: Stage<'tracking'> = { ...inventory, name: 'tracking' };
  expect([fromCart, fromInventory, tracking.name]).toHaveLength(3);
});
