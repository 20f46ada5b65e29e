import { z } from 'zod';
import { json, type Answer } from '#http/answer';
import type { Call } from '#http/call';
import { refusal } from '#http/refusal';
import type { Route } from '#http/route';
import { audit } from '#rules/audit';
import type { World } from '#world';
import { customerOf } from './customer-of';

const customer = '/v1/customers/{customerId}';

/** Qualifications (pages "get-/update-customer-qualification-asynchronous", and the retired synchronous pair). */
export const qualificationRoutes: readonly Route[] = [
  { name: 'listQualifications', method: 'GET', path: `${customer}/qualifications`, access: 'token', answer: list },
  { name: 'addQualification', method: 'POST', path: `${customer}/qualifications`, access: 'user-token', answer: add },
  { name: 'getQualification', method: 'GET', path: `${customer}/qualification`, access: 'token', answer: retired },
];

/** A bare array. */
function list(call: Call, world: World): Answer {
  return json(customerOf(call, world).qualifications);
}

/** Only these two can be set; government needs a validation code. It starts under review, with a date spelled otherwise than in the list. */
function add(call: Call, world: World): Answer {
  const found = customerOf(call, world);
  const { qualification } = call.body(z.object({ qualification: z.string() }));
  const word = qualification.toLowerCase().replaceAll('_', '');
  if (word !== 'education' && word !== 'governmentcommunitycloud') throw refusal('invalidEnum', 'It cannot be set.');
  if (word === 'governmentcommunitycloud' && !call.query.get('code'))
    throw refusal('invalidInput', 'code is required.');
  const vettingCreatedDate = new Date(world.clock.now()).toISOString();
  const made = { qualification, vettingStatus: 'InReview', vettingCreatedDate };
  world.store.customers.put(found.id, { ...found, qualifications: [...found.qualifications, made] });
  const newValue = { Qualification: qualification, VettingStatus: 'InReview' };
  const happening = {
    resourceType: 'customer',
    operationType: 'update_customer_qualification',
    customer: found,
    newValue,
  };
  audit(happening, call, world);
  return json({ qualification, vettingStatus: 'InReview', vettingCreateDate: vettingCreatedDate }, 201);
}

/** One bare JSON string. */
function retired(call: Call, world: World): Answer {
  return json(customerOf(call, world).qualifications[0]?.qualification.toLowerCase() ?? 'none');
}
