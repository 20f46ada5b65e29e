import type { SandboxContext } from '#model/sandbox-context';
import type { Customer } from '#store/records';
import type { Call } from '#wire/call';
import { refusal } from '#wire/refusal';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The customer that the path names. Throws for an id that is not a GUID, an unknown tenant, and one without a reseller relation. */
export function customerOf(call: Call, context: SandboxContext): Customer {
  const id = call.param('customerId');
  if (!GUID.test(id)) throw refusal('customerIdInvalid');
  const customer = context.store.customers.get(id.toLowerCase());
  if (!customer || (customer.knownFrom ?? 0) > context.clock.now()) throw refusal('customerUnknown');
  if (customer.relationshipToPartner !== 'reseller') throw refusal('noRelation');
  return customer;
}

/** A customer that may buy now (pages "retrieve-validation-status", "error-codes"). */
export function buyerOf(call: Call, context: SandboxContext): Customer {
  const customer = customerOf(call, context);
  if (customer.locked) throw refusal('customerLocked');
  if (customer.validationStatus === 'UnderReview') throw refusal('underReview');
  if (customer.validationStatus === 'NotAllowed' || customer.validationStatus === 'Unknown')
    throw refusal('notApproved');
  return customer;
}
