import type { SandboxContext } from '#model/sandbox-context';
import { defined } from '#store/defined';
import type { Customer, Order } from '#store/records';
import type { Call } from '#wire/call';

/** A change that is audited (page "get-a-record-of-partner-center-activity-by-user"). */
interface AuditedChange {
  readonly resourceType: string;
  readonly operationType: string;
  readonly customer?: Customer;
  /** The resource after the change. */
  readonly newValue: object;
  readonly customizedData?: readonly { readonly key: string; readonly value: string }[];
}

/** Who made the change: a call, or the calendar. */
type Cause = Pick<Call, 'correlationId'> & { readonly caller: Pick<Call['caller'], 'id' | 'applicationId'> };

/** Writes the record. Its `originalCorrelationId` is the MS-CorrelationId of the call that caused it. */
export function audit(change: AuditedChange, cause: Cause, context: SandboxContext): void {
  const id = `${context.clock.now()}-${context.store.audits.size}`;
  context.store.audits.put(id, {
    id,
    at: context.clock.now(),
    user: cause.caller.id,
    applicationId: cause.caller.applicationId,
    resourceType: change.resourceType,
    operationType: change.operationType,
    newValue: JSON.stringify(change.newValue),
    correlationId: cause.correlationId,
    customizedData: [...(change.customizedData ?? [])],
    ...defined({ customerId: change.customer?.id, customerName: change.customer?.companyName }),
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
