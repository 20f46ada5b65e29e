import type { Purchase } from '#shared/domain/purchase';
import type { Outcome } from '#shared/pipeline/outcome';
import type { RegistrationStatus } from '#shared/partner-center/resources/subscriptions';

export interface Registration {
  subscriptionId: string;
  status: RegistrationStatus['status'];
}

/** Registration has no documented duration and is throttled: look again gently, a little later each time. */
const WAITS = [10, 30, 60, 120, 300];

/** On when every subscription is registered, else a wait; the stage's patience ends it. */
export function judgeRegistrations(purchase: Purchase, registrations: Registration[]): Outcome {
  const registeredSubscriptions = registrations
    .filter(({ status }) => status === 'registered')
    .map(({ subscriptionId }) => subscriptionId);
  const open = registrations.filter(({ status }) => status !== 'registered');
  if (open.length > 0) {
    const attempt = purchase.attempts.enablement ?? 1;
    return {
      kind: 'wait',
      seconds: WAITS[Math.min(attempt, WAITS.length) - 1] ?? 300,
      note: open.map(({ subscriptionId, status }) => `subscription ${subscriptionId} is ${status}`).join(', '),
    };
  }
  return {
    kind: 'continue',
    next: 'discovery',
    note: `${registrations.length} subscription(s) registered for reservations`,
    facts: { registeredSubscriptions },
  };
}
