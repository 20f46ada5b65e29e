import { getRegistrationStatus, registerSubscription } from '#shared/partner-center/resources/subscriptions';
import type { Purchase } from '#shared/domain/purchase';
import { placedLines } from '#shared/domain/purchase-request';
import type { Stage } from '#shared/pipeline/stage';
import { judgeRegistrations } from './judge-registrations';

/**
 * Registers each Azure subscription of the request for reservations: reads its status first, registers once, then waits (page "Register a subscription").
 */
export const enablementStage: Stage<'enablement'> = {
  name: 'enablement',
  async run(purchase, context) {
    const { customerId } = purchase.request;
    const subscriptionIds = [
      ...new Set(placedLines(purchase.request).flatMap(({ line }) => line.azureSubscriptionId ?? [])),
    ];
    const registrations = [];
    for (const subscriptionId of subscriptionIds) {
      const { status } = await getRegistrationStatus(context.partnerCenter, customerId, subscriptionId, context.read());
      const operation = `registration/${subscriptionId}`;
      if (status === 'notregistered' && (context.answersTo(operation) === 0 || hasJustCome(purchase))) {
        await context.effect(operation, (call) =>
          registerSubscription(context.partnerCenter, customerId, subscriptionId, call),
        );
      }
      registrations.push({ subscriptionId, status });
    }
    return judgeRegistrations(purchase, registrations);
  },
};

/** At this stage for the first time, or resumed by an operator: a registration that was refused is asked for again. */
function hasJustCome({ stageSince, updatedAt }: Purchase): boolean {
  return stageSince === updatedAt;
}
