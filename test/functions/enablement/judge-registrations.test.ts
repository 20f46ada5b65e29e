import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeRegistrations } from '#functions/enablement/judge-registrations';
import { aPurchase } from '#test/support/builders';

const purchase = aPurchase({ stage: 'enablement', attempts: { enablement: 1 } });

test('registered subscriptions go on to discovery and are remembered', () => {
  expect(judgeRegistrations(purchase, [{ subscriptionId: 's1', status: 'registered' }])).toMatchObject({
    kind: 'advance',
    next: 'discovery',
    changes: { registeredSubscriptions: ['s1'] },
  });
});

test.each(['notregistered', 'registering', 'unknown'] as const)('a subscription that is %s is waited for', (status) => {
  expect(judgeRegistrations(purchase, [{ subscriptionId: 's1', status }])).toMatchObject({
    kind: 'retry',
    seconds: 10,
  });
});

test('a purchase goes on only when every subscription is registered, and remembers exactly those; else it waits, gently', () => {
  const status = fc.constantFrom(
    'registered' as const,
    'registering' as const,
    'notregistered' as const,
    'unknown' as const,
  );
  const registrations = fc
    .array(status, { minLength: 1, maxLength: 4 })
    .map((all) => all.map((one, at) => ({ subscriptionId: `s${at}`, status: one })));
  fc.assert(
    fc.property(registrations, fc.integer({ min: 1, max: 1000 }), (all, enablement) => {
      const judge = (attempt: number) => judgeRegistrations({ ...purchase, attempts: { enablement: attempt } }, all);
      const outcome = judge(enablement);
      const open = all.filter((one) => one.status !== 'registered');
      expect(outcome.kind).toBe(open.length === 0 ? 'advance' : 'retry');
      if (outcome.kind === 'advance')
        expect(outcome.changes?.registeredSubscriptions).toEqual(all.map(({ subscriptionId }) => subscriptionId));
      const next = judge(enablement + 1);
      if (outcome.kind !== 'retry' || next.kind !== 'retry') return;
      expect(outcome.seconds).toBeGreaterThanOrEqual(10);
      expect(next.seconds).toBeGreaterThanOrEqual(outcome.seconds);
      expect(next.seconds).toBeLessThanOrEqual(300);
      for (const { subscriptionId } of open) expect(outcome.note).toContain(`subscription ${subscriptionId} is`);
    }),
  );
});
