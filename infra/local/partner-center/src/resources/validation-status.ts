import { json, type Answer } from '#http/answer';
import type { Call } from '#http/call';
import { refusal } from '#http/refusal';
import type { Route } from '#http/route';
import type { World } from '#world';
import { customerOf } from './customer-of';

/** Account validation (page "retrieve-validation-status"); most customers have none: 404/600074, and may buy. */
export const validationStatusRoutes: readonly Route[] = [
  {
    name: 'getValidationStatus',
    method: 'GET',
    path: '/v1/customers/{customerId}/validationStatus',
    access: 'user-token',
    answer: read,
  },
];

function read(call: Call, world: World): Answer {
  const customer = customerOf(call, world);
  if (call.query.word('type') !== 'account') throw refusal('invalidInput', 'type must be account.');
  if (customer.validationStatus === undefined) throw refusal('noValidationStatus');
  const lastUpdateDateTime = new Date(world.clock.now()).toISOString().slice(0, 19);
  return json({ type: 'account', status: customer.validationStatus, lastUpdateDateTime });
}
