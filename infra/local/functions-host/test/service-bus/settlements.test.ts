import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSettlementGate, type Outcome } from '#service-bus/settlements';

test('different outcomes never share a turn of the event loop, and every settlement is made', async () => {
  const outcome = fc.constantFrom<Outcome>('complete', 'abandon');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(outcome, fc.boolean()), { maxLength: 30 }), async (settlements) => {
      const gate = createSettlementGate();
      const turns: Set<Outcome>[] = [];
      let turn: Set<Outcome> | undefined;
      let made = 0;
      const settle = (which: Outcome) => async (): Promise<void> => {
        made += 1;
        if (turn === undefined) {
          turn = new Set();
          turns.push(turn);
          setImmediate(() => {
            turn = undefined;
          });
        }
        turn.add(which);
      };
      const under: Promise<void>[] = [];
      for (const [which, pause] of settlements) {
        under.push(gate(which, settle(which)));
        if (pause) await nextTurn();
      }
      await Promise.all(under);
      expect(made).toBe(settlements.length);
      expect(turns.filter(({ size }) => size > 1)).toEqual([]);
    }),
  );
});
