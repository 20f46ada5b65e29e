import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { isAzure, registrationStatus } from '#rules/reservation-error';
import { empty, json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { refusal } from '#wire/refusal';
import { subscriptionOf } from './subscriptions';

const PATH = '/v1/customers/{customerId}/subscriptions/{subscriptionId}';

/** Registration for reservations (pages "register-a-subscription", "get-subscription-registration-status"). */
export const registrationRoutes: readonly Route[] = [
  {
    name: 'register',
    method: 'POST',
    path: `${PATH}/registrations`,
    access: 'token',
    throttle: 'tenant',
    answer: register,
  },
  {
    name: 'getRegistration',
    method: 'GET',
    path: `${PATH}/registrationstatus`,
    access: 'token',
    throttle: 'tenant',
    answer: read,
  },
];

/** 202 and a Location without version, also when the subscription is being or has been registered. */
function register(call: Call, context: SandboxContext): Answer {
  const subscription = subscriptionOf(call, context);
  if (!isAzure(subscription)) throw refusal('notAzure');
  if (subscription.status !== 'active') throw refusal('notActive');
  if (subscription.registeredAt === undefined) {
    const registeredAt = context.clock.now() + context.settings.registrationDelaySeconds * 1000;
    context.store.subscriptions.put(subscription.id, { ...subscription, registeredAt });
  }
  const location = `/customers/${subscription.customerId}/subscriptions/${subscription.id}/registrationstatus`;
  return empty(202, { Location: location });
}

function read(call: Call, context: SandboxContext): Answer {
  const subscription = subscriptionOf(call, context);
  return json({
    subscriptionId: subscription.id,
    status: registrationStatus(subscription, context.clock.now()),
    attributes: { objectType: 'SubscriptionRegistrationStatus' },
  });
}
