import { empty, json, type Answer } from '#http/answer';
import type { Call } from '#http/call';
import { refusal } from '#http/refusal';
import type { Route } from '#http/route';
import { isAzure, registrationStatus } from '#rules/reservation-error';
import type { World } from '#world';
import { subscriptionOf } from './subscriptions';

const path = '/v1/customers/{customerId}/subscriptions/{subscriptionId}';

/** Registration for reservations (pages "register-a-subscription", "get-subscription-registration-status"). */
export const registrationRoutes: readonly Route[] = [
  {
    name: 'register',
    method: 'POST',
    path: `${path}/registrations`,
    access: 'token',
    throttle: 'tenant',
    answer: register,
  },
  {
    name: 'getRegistration',
    method: 'GET',
    path: `${path}/registrationstatus`,
    access: 'token',
    throttle: 'tenant',
    answer: read,
  },
];

/** 202 and a Location without version; registering again while it runs, or after, is 202 again. */
function register(call: Call, world: World): Answer {
  const subscription = subscriptionOf(call, world);
  if (!isAzure(subscription)) throw refusal('notAzure');
  if (subscription.status !== 'active') throw refusal('notActive');
  if (subscription.registeredAt === undefined) {
    const registeredAt = world.clock.now() + world.settings.registrationDelaySeconds * 1000;
    world.store.subscriptions.put(subscription.id, { ...subscription, registeredAt });
  }
  const location = `/customers/${subscription.customerId}/subscriptions/${subscription.id}/registrationstatus`;
  return empty(202, { Location: location });
}

function read(call: Call, world: World): Answer {
  const subscription = subscriptionOf(call, world);
  return json({
    subscriptionId: subscription.id,
    status: registrationStatus(subscription, world.clock.now()),
    attributes: { objectType: 'SubscriptionRegistrationStatus' },
  });
}
