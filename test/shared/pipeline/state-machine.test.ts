import { expect, test } from '@jest/globals';
import { isTerminal, stageNames, type Purchase, type StageName } from '#shared/domain/purchase';
import type { OperatorOutcome, WrittenOutcome } from '#shared/pipeline/outcome';
import { edges, stateOf, type State } from '#shared/pipeline/state-machine';
import { transition } from '#shared/pipeline/transition';
import { aPlacedOrder, aPurchase, NOW } from '#test/support/builders';

const circumstances = { now: NOW, milliseconds: 1, answered: {} };
const reason = { code: 'x', message: 'y', advice: 'z' };
const orders = [aPlacedOrder({ status: 'cancelled' }), aPlacedOrder({ orderGroup: '1', orderId: 'order-2' })];

const isStage = (state: State): state is StageName => stageNames.some((name) => name === state);

/** A purchase in a state; a held one was held at the stage where the test wants it to go on. */
function purchaseIn(state: State, next: State): Purchase {
  if (isStage(state)) return aPurchase({ stage: state, attempts: { [state]: 1 } });
  return aPurchase({ status: state, stage: isStage(next) ? next : 'cart' });
}

/** What takes a purchase into a state. */
function outcomeInto(to: State, from: State): WrittenOutcome | OperatorOutcome {
  const byOperator = !isStage(from);
  if (isStage(to)) return byOperator ? { kind: 'resumed', note: '' } : { kind: 'continue', next: to, note: '' };
  switch (to) {
    case 'refused':
    case 'held':
      return { kind: to, reason };
    case 'completed':
    case 'quoted':
      return { kind: 'finish', status: to, note: '' };
    case 'partially-completed':
      return byOperator ? { kind: 'cancelled', note: '', facts: { orders } } : { kind: 'finish', status: to, note: '' };
    case 'cancelled':
      return { kind: 'cancelled', note: '' };
    case 'failed':
      return { kind: 'given-up', note: '' };
  }
}

const allEdges = Object.entries(edges).flatMap(([from, targets]) => targets.map((to) => [from, to] as [State, State]));

test.each(allEdges)('a purchase goes from %s to %s', (from, to) => {
  const next = transition(purchaseIn(from, to), outcomeInto(to, from), circumstances);
  expect(stateOf(next.purchase)).toBe(to);
  const told = next.pending.filter(({ kind }) => kind === 'event');
  const asked = next.pending.filter(({ kind }) => kind === 'stage');
  // Who goes on has a message to the stage; who ends or stops has an event that says so.
  expect([asked.length, told.length]).toEqual(isStage(to) ? [1, 0] : [0, 1]);
});

const states = Object.keys(edges) as State[];
const gaps = states.flatMap((from) =>
  states.filter((to) => from !== to && !edges[from].includes(to)).map((to) => [from, to] as [State, State]),
);

test.each(gaps)('a purchase never goes from %s to %s', (from, to) => {
  expect(() => transition(purchaseIn(from, to), outcomeInto(to, from), circumstances)).toThrow(
    /can not go|no stage can go on/,
  );
});

test("a purchase leaves its end only by an operator's cancel", () => {
  const ends = states.filter((state) => !isStage(state) && isTerminal(state));
  const ways = ends.flatMap((state) => edges[state].map((to) => `${state} to ${to}`));
  expect(ways).toEqual([
    'completed to partially-completed',
    'completed to cancelled',
    'partially-completed to partially-completed',
    'partially-completed to cancelled',
  ]);
});
