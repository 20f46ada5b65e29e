import { json, type Answer } from '#local/partner-center/http/answer';
import type { Call } from '#local/partner-center/http/call';
import { refusal } from '#local/partner-center/http/refusal';
import { customerSchema } from '#local/partner-center/store/records';
import type { World } from '#local/partner-center/world';

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
export function changeCustomer(call: Call, world: World): Answer {
  const customer = world.store.customers.get(call.param('customerId').toLowerCase());
  if (!customer) throw refusal('customerUnknown');
  const changed = customerSchema.parse({ ...customer, ...call.body(changeSchema) });
  world.store.customers.put(customer.id, changed);
  return json(changed);
}
