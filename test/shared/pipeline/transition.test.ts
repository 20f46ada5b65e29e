import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stageNames, type Purchase } from '#shared/domain/purchase';
import { edges, stateOf } from '#shared/pipeline/state-machine';
import type { WrittenOutcome } from '#shared/pipeline/outcome';
import { transition } from '#shared/pipeline/transition';
import { aPurchase, NOW } from '#test/support/builders';

const circumstances = { now: NOW, milliseconds: 1, answered: {} };
const reason = { code: 'x', message: 'y', advice: 'z' };
const stage = fc.constantFrom(...stageNames);

const outcome: fc.Arbitrary<WrittenOutcome> = fc.oneof(
  fc.record({
    kind: fc.constant('continue' as const),
    next: stage,
    note: fc.string(),
    happening: fc.constantFrom('discovered' as const, 'carted' as const, 'placed' as const),
  }),
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 600 }), note: fc.string() }),
  fc.record({
    kind: fc.constant('finish' as const),
    status: fc.constantFrom('completed' as const, 'partially-completed' as const, 'quoted' as const),
    note: fc.string(),
  }),
  fc.record({
    kind: fc.constantFrom('refused' as const, 'held' as const),
    reason: fc.constant(reason),
  }),
);

test('an outcome takes an edge of the state machine or throws; versions grow by one, event sequences have no gap, no message id is used twice', () => {
  fc.assert(
    fc.property(fc.array(outcome, { maxLength: 30 }), (outcomes) => {
      let purchase = aPurchase();
      const messages = ['discovery/1'];
      const sequences = [1];
      for (const step of outcomes) {
        if (!isAllowed(purchase, step)) {
          expect(() => transition(purchase, step, circumstances)).toThrow(/can not go|no stage can go on/);
          continue;
        }
        const next = transition(purchase, step, circumstances);
        expect(next.purchase.version).toBe(purchase.version + 1);
        for (const item of next.pending) {
          if (item.kind === 'stage') messages.push(`${item.stage}/${item.attempt}`);
          else sequences.push(Number(item.event.sequence));
        }
        purchase = next.purchase;
      }
      expect(new Set(messages).size).toBe(messages.length);
      expect(sequences).toEqual(sequences.map((_, at) => at + 1));
    }),
  );
});

test('events are sent before the message to the next stage, which proves them sent', () => {
  const next = transition(
    aPurchase(),
    { kind: 'continue', next: 'cart', note: '', happening: 'discovered' },
    circumstances,
  );
  expect(next.pending.map(({ kind }) => kind)).toEqual(['event', 'stage']);
});

test('the same transition makes the same bytes', () => {
  const make = () => JSON.stringify(transition(aPurchase(), { kind: 'refused', reason }, circumstances));
  expect(make()).toBe(make());
});

test('a wait is a new attempt at the same stage, not before its time', () => {
  expect(transition(aPurchase(), { kind: 'wait', seconds: 30, note: '' }, circumstances)).toMatchObject({
    purchase: { stage: 'discovery', attempts: { discovery: 2 } },
    pending: [{ kind: 'stage', attempt: 2, notBefore: '2026-03-01T10:00:30.000Z' }],
  });
});

test('an ending sends its event and no more messages', () => {
  expect(transition(aPurchase(), { kind: 'refused', reason }, circumstances)).toMatchObject({
    purchase: { status: 'refused', reason },
    pending: [{ kind: 'event', event: { type: 'cartage.purchase.refused.v1', sequence: '2' } }],
  });
});

/** Whether the table of edges has this step. */
function isAllowed(before: Purchase, step: WrittenOutcome): boolean {
  const from = stateOf(before);
  const to = {
    continue: 'next' in step ? step.next : from,
    wait: from,
    finish: 'status' in step ? step.status : from,
    refused: 'refused',
    held: 'held',
  } as const;
  return before.status === 'open' && (from === to[step.kind] || edges[from].includes(to[step.kind]));
}
