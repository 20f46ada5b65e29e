import { z } from 'zod';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { refusal } from '#wire/refusal';
import type { Route } from '#model/route';
import { audit } from '#rules/audit';
import type { SandboxContext } from '#model/sandbox-context';
import { customerOf } from './customer-of';

const customer = '/v1/customers/{customerId}';

/** Qualifications (pages "get-/update-customer-qualification-asynchronous", and the retired synchronous pair). */
export const qualificationRoutes: readonly Route[] = [
  { name: 'listQualifications', method: 'GET', path: `${customer}/qualifications`, access: 'token', answer: list },
  { name: 'addQualification', method: 'POST', path: `${customer}/qualifications`, access: 'user-token', answer: add },
  { name: 'getQualification', method: 'GET', path: `${customer}/qualification`, access: 'token', answer: retired },
];

/** A bare array. */
function list(call: Call, context: SandboxContext): Answer {
  return json(customerOf(call, context).qualifications);
}

/** Only these two can be set; government needs a validation code. It starts under review, with a date spelled otherwise than in the list. */
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
  const happening = {
    resourceType: 'customer',
    operationType: 'update_customer_qualification',
    customer: found,
    newValue,
  };
  audit(happening, call, context);
  return json({ qualification, vettingStatus: 'InReview', vettingCreateDate: vettingCreatedDate }, 201);
}

/** One bare JSON string. */
function retired(call: Call, context: SandboxContext): Answer {
  return json(customerOf(call, context).qualifications[0]?.qualification.toLowerCase() ?? 'none');
}
