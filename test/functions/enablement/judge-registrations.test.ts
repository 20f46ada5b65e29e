import { expect, test } from '@jest/globals';
import { judgeRegistrations } from '#functions/enablement/judge-registrations';
import { aPurchase } from '#test/support/builders';

const purchase = aPurchase({ stage: 'enablement', attempts: { enablement: 1 } });

test('registered subscriptions go on to discovery and are remembered', () => {
  expect(judgeRegistrations(purchase, [{ subscriptionId: 's1', status: 'registered' }])).toMatchObject({
    kind: 'continue',
    next: 'discovery',
    facts: { registeredSubscriptions: ['s1'] },
  });
});

test.each(['notregistered', 'registering', 'unknown'] as const)('a subscription that is %s is waited for', (status) => {
  expect(judgeRegistrations(purchase, [{ subscriptionId: 's1', status }])).toMatchObject({ kind: 'wait', seconds: 10 });
});
