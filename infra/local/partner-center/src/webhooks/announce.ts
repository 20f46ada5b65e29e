import type { Subscription } from '#store/records';
import type { SandboxContext } from '#model/sandbox-context';

/** Events the sandbox sends (page "partner-center-webhook-events"). There is no order event. */
export const eventNames = ['test-created', 'invoice-ready', 'subscription-updated'] as const;
export type EventName = (typeof eventNames)[number];

/** Where an event's resource is, without the host; subscriptions under the webhooks' own root, as documented. */
export const invoiceUri = (id: string): string => `/v1/invoices/${id}`;
export const subscriptionUri = (subscription: Pick<Subscription, 'customerId' | 'id'>): string =>
  `/webhooks/v1/customers/${subscription.customerId}/subscriptions/${subscription.id}`;
export const validationUri = (correlationId: string): string =>
  `/webhooks/v1/registration/validationEvents/${encodeURIComponent(correlationId)}`;

/** The one registration a tenant has is kept under this key. */
export const registrationKey = 'tenant';

/** What may be known of an event: its id, made up otherwise, and when its resource changes (milliseconds), which may lie ahead. */
interface Known {
  readonly id?: string;
  readonly changedAt?: number;
}

/**
 * Puts an event in the queue of deliveries if the partner registered for it. Part of the call's transaction: an event is
 * sent if and only if its cause is written.
 */
export function announce(eventName: EventName, resourceUri: string, context: SandboxContext, known: Known = {}): void {
  const registration = context.store.webhooks.get(registrationKey);
  if (!registration?.events.includes(eventName)) return;
  const { id = crypto.randomUUID(), changedAt = context.clock.now() } = known;
  context.store.deliveries.put(id, {
    id,
    eventName,
    resourceUri,
    changedAt,
    dueAt: changedAt,
    status: 'pending',
    results: [],
  });
}
