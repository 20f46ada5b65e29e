import { json, type Answer } from '#http/answer';
import type { Call } from '#http/call';
import { refusal } from '#http/refusal';
import { customerSchema } from '#store/records';
import type { World } from '#world';

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
