import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeCancel } from '#functions/operators/judge-cancel';
import { isCheckoutUnclear } from '#shared/domain/purchase';
import type { CommandOutcome } from '#shared/pipeline/outcome';
import { transition } from '#shared/pipeline/transition';
import { purchase } from '#test/support/arbitraries';
import { NOW } from '#test/support/builders';

test('a purchase is cancelled at once only when nothing of it is bought and no checkout is unclear', () => {
  fc.assert(
    fc.property(purchase, (one) => {
      const decision = judgeCancel(one, NOW);
      const bought = (one.orders ?? []).filter(({ status }) => status !== 'cancelled');
      if (isCheckoutUnclear(one)) expect(decision.kind).toBe('no');
      if (decision.kind === 'at-once') expect(bought).toEqual([]);
      if (decision.kind === 'orders-first') {
        expect(decision.orderIds).toEqual(bought.map(({ orderId }) => orderId));
        expect(bought.length).toBeGreaterThan(0);
      }
      if (decision.kind === 'no') expect(decision.why).toMatch(/\w+ \w+.*\./);
    }),
    { numRuns: 1000 },
  );
});

test('what may be cancelled has an edge for it in the state machine, and what is over stays over', () => {
  fc.assert(
    fc.property(purchase, (one) => {
      const decision = judgeCancel(one, NOW);
      const isOver = ['quoted', 'rejected', 'failed', 'cancelled'].includes(one.status);
      expect(isOver && decision.kind !== 'no').toBe(false);
      if (decision.kind === 'no') return;
      const cancel: CommandOutcome =
        decision.kind === 'at-once'
          ? { kind: 'cancel', note: '' }
          : {
              kind: 'cancel-orders',
              note: '',
              changes: { cancellation: { orderIds: decision.orderIds, note: '', statusBefore: one.status } },
            };
      const { status, stage } = transition(one, cancel, {
        now: NOW,
        milliseconds: 1,
        answersByOperation: one.answersByOperation,
      }).purchase;
      if (decision.kind === 'at-once') expect(status).toBe('cancelled');
      else expect([status, stage]).toEqual(['open', 'tracking']);
    }),
  );
});
