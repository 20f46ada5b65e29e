import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { refusal } from '#wire/refusal';
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

function read(call: Call, context: SandboxContext): Answer {
  const customer = customerOf(call, context);
  if (call.query.word('type') !== 'account') throw refusal('invalidInput', 'type must be account.');
  if (customer.validationStatus === undefined) throw refusal('noValidationStatus');
  const lastUpdateDateTime = new Date(context.clock.now()).toISOString().slice(0, 19);
  return json({ type: 'account', status: customer.validationStatus, lastUpdateDateTime });
}
