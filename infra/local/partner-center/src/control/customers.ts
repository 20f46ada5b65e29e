import { z } from 'zod';
import type { SandboxContext } from '#model/sandbox-context';
import { customerSchema } from '#store/records';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { refusal } from '#wire/refusal';

const changeSchema = customerSchema
  .pick({
    relationshipToPartner: true,
    qualifications: true,
    validationStatus: true,
    agreementConfirmed: true,
    locked: true,
  })
  .partial()
  .extend({ unknownForSeconds: z.number().min(0).max(1e9).optional() })
  .strict();

/**
 * Changes what decides whether a customer may buy: relation, validation status, agreement, lock; or whether it is found at
 * all, as one that was just made is not.
 */
export function changeCustomer(call: Call, context: SandboxContext): Answer {
  const customer = context.store.customers.get(call.param('customerId').toLowerCase());
  if (!customer) throw refusal('customerUnknown');
  const { unknownForSeconds, ...changes } = call.body(changeSchema);
  const knownFrom =
    unknownForSeconds === undefined ? {} : { knownFrom: context.clock.now() + unknownForSeconds * 1000 };
  const changed = customerSchema.parse({ ...customer, ...changes, ...knownFrom });
  context.store.customers.put(customer.id, changed);
  return json(changed);
}
