import type { Call } from '#wire/call';
import type { Customer, Order } from '#store/records';
import type { SandboxContext } from '#model/sandbox-context';

/** What happened, for the audit records (page "get-a-record-of-partner-center-activity-by-user"). */
export interface Happening {
  readonly resourceType: string;
  readonly operationType: string;
  readonly customer?: Customer;
  /** The resource after the change. */
  readonly newValue: object;
  readonly customizedData?: readonly { readonly key: string; readonly value: string }[];
}

/** Who did it: a call, or nobody when the calendar did. */
export type Cause = Pick<Call, 'correlationId'> & { readonly caller: Pick<Call['caller'], 'id' | 'applicationId'> };

/** Writes the record. Its `originalCorrelationId` is the MS-CorrelationId of the call that caused it. */
export function audit(happening: Happening, cause: Cause, context: SandboxContext): void {
  const id = `${context.clock.now()}-${context.store.audits.size}`;
  const { customer } = happening;
  context.store.audits.put(id, {
    id,
    at: context.clock.now(),
    ...(customer ? { customerId: customer.id, customerName: customer.companyName } : {}),
    user: cause.caller.id,
    applicationId: cause.caller.applicationId,
    resourceType: happening.resourceType,
    operationType: happening.operationType,
    newValue: JSON.stringify(happening.newValue),
    correlationId: cause.correlationId,
    customizedData: [...(happening.customizedData ?? [])],
  });
}

/** The customized data of an order's record. */
export const orderData = (order: Order): { key: string; value: string }[] => [
  { key: 'OrderId', value: order.id },
  { key: 'AlternateId', value: order.alternateId },
  { key: 'BillingCycle', value: order.billingCycle },
  ...order.lines.flatMap((line, index) => [
    { key: `OfferId-${index}`, value: line.catalogItemId },
    ...(line.subscriptionId === undefined ? [] : [{ key: `SubscriptionId-${index}`, value: line.subscriptionId }]),
    { key: `Quantity-${index}`, value: `${line.quantity}` },
  ]),
];
