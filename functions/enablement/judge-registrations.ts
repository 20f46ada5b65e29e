import type { Purchase } from '#shared/domain/purchase';
import type { StageOutcome } from '#shared/pipeline/stage';
import type { RegistrationStatus } from '#shared/partner-center/resources/subscriptions';

export interface Registration {
  subscriptionId: string;
  status: RegistrationStatus['status'];
}

/** Registration has no documented duration and is throttled: look again gently, a little later each time. */
const WAITS = [10, 30, 60, 120, 300];

/** On when every subscription is registered, else a wait; the stage time-out ends it. */
export function judgeRegistrations(purchase: Purchase, registrations: Registration[]): StageOutcome<'enablement'> {
  const registeredSubscriptions = registrations
    .filter(({ status }) => status === 'registered')
    .map(({ subscriptionId }) => subscriptionId);
  const open = registrations.filter(({ status }) => status !== 'registered');
  if (open.length > 0) {
    const attempt = purchase.attempts.enablement ?? 1;
    return {
      kind: 'retry',
      seconds: WAITS[Math.min(attempt, WAITS.length) - 1] ?? 300,
      note: open.map(({ subscriptionId, status }) => `subscription ${subscriptionId} is ${status}`).join(', '),
    };
  }
  return {
    kind: 'advance',
    next: 'discovery',
    note: `${registrations.length} subscription(s) registered for reservations`,
    changes: { registeredSubscriptions },
  };
}
