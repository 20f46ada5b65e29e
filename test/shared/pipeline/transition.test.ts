import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stageNames, type Purchase } from '#shared/domain/purchase';
import type { CloudEvent } from '#shared/domain/cloud-event';
import { purchaseEvent } from '#shared/domain/purchase-events';
import type { CommandOutcome, WrittenOutcome } from '#shared/pipeline/outcome';
import { edges, edgesFrom, stateOf, type State } from '#shared/pipeline/state-machine';
import { intention, transition, type Transition } from '#shared/pipeline/transition';
import { time } from '#test/support/arbitraries';
import { aPurchase, NOW } from '#test/support/builders';

const circumstances = { now: NOW, milliseconds: 1, answersByOperation: {} };
const reason = { code: 'x', message: 'y', advice: 'z' };
const note = fc.constant('n');

type Step = WrittenOutcome | CommandOutcome | { kind: 'intent' };

const goOn = fc.record({
  kind: fc.constant('advance' as const),
  next: fc.constantFrom(...stageNames),
  note,
  event: fc.constantFrom('discovered' as const, 'carted' as const),
});
const finish = fc.record({
  kind: fc.constant('complete' as const),
  status: fc.constantFrom(
    'completed' as const,
    'partially-completed' as const,
    'quoted' as const,
    'cancelled' as const,
  ),
  note,
});

/**
 * Everything that can be written about a purchase: how a stage ends, what it intends, what an operator says. Endings are
 * rare, so that many walks are long and come to a stage more than once.
 */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: goOn },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('retry' as const), seconds: fc.integer({ min: 1, max: 600 }), note }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'intent' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'hold' as const, reason }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('resume' as const), note }) },
  { weight: 1, arbitrary: finish },
  { weight: 1, arbitrary: fc.constant({ kind: 'reject' as const, reason }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mark-failed' as const), note }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<CommandOutcome>(
      { kind: 'cancel', note: 'n' },
      {
        kind: 'cancel-orders',
        note: 'n',
        changes: { cancellation: { orderIds: ['order-1'], note: 'n', statusBefore: 'completed' } },
      },
    ),
  },
);

/** What a step writes; undefined where the state machine has no such edge. */
function written(before: Purchase, outcome: Step, now: Date): Transition | undefined {
  const when = { ...circumstances, now };
  if (outcome.kind === 'intent') return before.status === 'open' ? intention(before, {}, when, 'about to') : undefined;
  try {
    return transition(before, outcome, when);
  } catch (error) {
    expect(String(error)).toMatch(/can not go|no stage can go on/);
    return undefined;
  }
}

/** A walk of a purchase, step by step. */
function walk(steps: [Step, string][]): { before: Purchase; outcome: Step; next: Transition }[] {
  let purchase = aPurchase();
  return steps.flatMap(([outcome, at]) => {
    const before = purchase;
    const next = written(before, outcome, new Date(at));
    if (!next) return [];
    purchase = next.purchase;
    return [{ before, outcome, next }];
  });
}

/** The events of a write, as they are sent. */
function eventsOf({ purchase, pending }: Transition): CloudEvent[] {
  return pending.flatMap((item) => (item.kind === 'event' ? [purchaseEvent(purchase, item.event, item.sequence)] : []));
}

const steps = fc.array(fc.tuple(step, time), { maxLength: 40, size: 'max' });

test('a step takes an edge of the state machine, stays where it is while it is open, or throws', () => {
  fc.assert(
    fc.property(steps, (all) => {
      for (const { before, next } of walk(all)) {
        const [from, to] = [stateOf(before), stateOf(next.purchase)];
        expect(edgesFrom(from).includes(to) || (from === to && before.status === 'open')).toBe(true);
      }
    }),
  );
});

test('versions grow by one, and each has one entry in the history, so that a history never shrinks', () => {
  fc.assert(
    fc.property(steps, (all) => {
      walk(all).forEach(({ next }, at) => {
        expect(next.purchase.version).toBe(at + 2);
        expect(next.history.version).toBe(at + 2);
      });
    }),
  );
});

test('the sequence of events has no gap, and no event id is used twice', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const events = walk(all).flatMap(({ next }) => eventsOf(next));
      expect(events.map(({ sequence }) => Number(sequence))).toEqual(events.map((_, at) => at + 2));
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    }),
  );
});

test('an open purchase always has a message to its stage; no message id is used twice, except by an intent for its own', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const used = new Set(['discovery/1']);
      for (const { outcome, next } of walk(all)) {
        const messages = next.pending.flatMap((item) =>
          item.kind === 'stage' ? [`${item.stage}/${item.attempt}`] : [],
        );
        expect(messages).toHaveLength(next.purchase.status === 'open' ? 1 : 0);
        for (const id of messages) {
          expect(used.has(id)).toBe(outcome.kind === 'intent');
          used.add(id);
        }
      }
    }),
  );
});

test('a walk made twice writes the same bytes; what identifies a message does not depend on the clock', () => {
  const timeless = (all: [Step, string][]) =>
    walk(all).flatMap(({ next }) =>
      next.pending.map((item) =>
        item.kind === 'event'
          ? purchaseEvent(next.purchase, item.event, item.sequence).id
          : `${item.stage}/${item.attempt}`,
      ),
    );
  fc.assert(
    fc.property(steps, (all) => {
      expect(JSON.stringify(walk(all))).toBe(JSON.stringify(walk(all)));
      expect(timeless(all.map(([one]) => [one, NOW.toISOString()]))).toEqual(timeless(all));
    }),
  );
});

test('who, what and when of a purchase never change, and attempts never start over', () => {
  fc.assert(
    fc.property(steps, (all) => {
      for (const { before, next } of walk(all)) {
        const { id, requester, fingerprint, request, acceptedAt } = before;
        expect(next.purchase).toMatchObject({ id, requester, fingerprint, request, acceptedAt });
        for (const stage of stageNames)
          expect(next.purchase.attempts[stage] ?? 0).toBeGreaterThanOrEqual(before.attempts[stage] ?? 0);
      }
    }),
  );
});

test('from every state there is a way to an end, and back from an end only to tracking, where something was bought', () => {
  const reach = (from: State, seen = new Set<State>([from])): Set<State> => {
    for (const to of edgesFrom(from)) if (!seen.has(to)) reach(to, seen.add(to));
    return seen;
  };
  const ends: State[] = ['completed', 'partially-completed', 'quoted', 'rejected', 'failed', 'cancelled'];
  for (const state of Object.keys(edges) as State[]) {
    const reached = [...reach(state)];
    expect(reached.some((one) => ends.includes(one))).toBe(true);
    if (ends.includes(state)) expect(edgesFrom(state)).toEqual(state.endsWith('completed') ? ['tracking'] : []);
  }
});

test('events are sent before the message to the next stage, which proves them sent', () => {
  const next = transition(aPurchase(), { kind: 'advance', next: 'cart', note: '', event: 'discovered' }, circumstances);
  expect(next.pending.map(({ kind }) => kind)).toEqual(['event', 'stage']);
});

test('a wait is a new attempt at the same stage, not before its time', () => {
  expect(transition(aPurchase(), { kind: 'retry', seconds: 30, note: '' }, circumstances)).toMatchObject({
    purchase: { stage: 'discovery', attempts: { discovery: 2 } },
    pending: [{ kind: 'stage', attempt: 2, notBefore: '2026-03-01T10:00:30.000Z' }],
  });
});

test('an ending sends its event and no more messages', () => {
  expect(transition(aPurchase(), { kind: 'reject', reason }, circumstances)).toMatchObject({
    purchase: { status: 'rejected', reason },
    pending: [{ kind: 'event', event: { about: 'purchase', name: 'rejected' }, sequence: 2 }],
  });
});

test('what an intent promises is the message that is being worked on', () => {
  const before = aPurchase({ stage: 'checkout', attempts: { checkout: 3 } });
  expect(intention(before, {}, circumstances, 'about to')).toMatchObject({
    purchase: { version: 2, attempts: { checkout: 3 } },
    pending: [{ kind: 'stage', stage: 'checkout', attempt: 3 }],
  });
});
