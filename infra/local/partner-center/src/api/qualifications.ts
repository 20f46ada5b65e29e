import { z } from 'zod';
import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { audit } from '#rules/audit';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { refusal } from '#wire/refusal';
import { customerOf } from './customer-of';

const CUSTOMER = '/v1/customers/{customerId}';

/** Qualifications (pages "get-customer-qualification-asynchronous", "update-customer-qualification-asynchronous", and the retired synchronous pair). */
export const qualificationRoutes: readonly Route[] = [
  { name: 'listQualifications', method: 'GET', path: `${CUSTOMER}/qualifications`, access: 'token', answer: list },
  { name: 'addQualification', method: 'POST', path: `${CUSTOMER}/qualifications`, access: 'user-token', answer: add },
  { name: 'getQualification', method: 'GET', path: `${CUSTOMER}/qualification`, access: 'token', answer: retired },
];

/** An array without an envelope. */
function list(call: Call, context: SandboxContext): Answer {
  return json(customerOf(call, context).qualifications);
}

/** Only two can be set, and government needs a validation code. The name of the date differs from the one in the list. */
function add(call: Call, context: SandboxContext): Answer {
  const found = customerOf(call, context);
  const { qualification } = call.body(z.object({ qualification: z.string() }));
  const word = qualification.toLowerCase().replaceAll('_', '');
  if (word !== 'education' && word !== 'governmentcommunitycloud') throw refusal('invalidEnum', 'It cannot be set.');
  if (word === 'governmentcommunitycloud' && !call.query.get('code'))
    throw refusal('invalidInput', 'code is required.');
  const vettingCreatedDate = new Date(context.clock.now()).toISOString();
  const made = { qualification, vettingStatus: 'InReview', vettingCreatedDate };
  context.store.customers.put(found.id, { ...found, qualifications: [...found.qualifications, made] });
  const newValue = { Qualification: qualification, VettingStatus: 'InReview' };
  const change = {
    resourceType: 'customer',
    operationType: 'update_customer_qualification',
    customer: found,
    newValue,
  };
  audit(change, call, context);
  return json({ qualification, vettingStatus: 'InReview', vettingCreateDate: vettingCreatedDate }, 201);
}

/** A JSON string without an envelope. */
function retired(call: Call, context: SandboxContext): Answer {
  return json(customerOf(call, context).qualifications[0]?.qualification.toLowerCase() ?? 'none');
}
