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
  .strict();

/** Changes what decides whether a customer may buy: relation, validation status, agreement, lock. */
export function changeCustomer(call: Call, context: SandboxContext): Answer {
  const customer = context.store.customers.get(call.param('customerId').toLowerCase());
  if (!customer) throw refusal('customerUnknown');
  const changed = customerSchema.parse({ ...customer, ...call.body(changeSchema) });
  context.store.customers.put(customer.id, changed);
  return json(changed);
}
