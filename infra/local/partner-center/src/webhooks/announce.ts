import type { SandboxContext } from '#model/sandbox-context';
import type { Subscription } from '#store/records';

/** Events that the sandbox sends (page "partner-center-webhook-events"). There is no order event. */
export const EVENT_NAMES = ['test-created', 'invoice-ready', 'subscription-updated'] as const;
type EventName = (typeof EVENT_NAMES)[number];

/** Where an event's resource is, without the host. */
export const invoiceUri = (id: string): string => `/v1/invoices/${id}`;
/** Subscriptions are below the root of the webhooks, as documented. */
export const subscriptionUri = (subscription: Pick<Subscription, 'customerId' | 'id'>): string =>
  `/webhooks/v1/customers/${subscription.customerId}/subscriptions/${subscription.id}`;
export const validationUri = (correlationId: string): string =>
  `/webhooks/v1/registration/validationEvents/${encodeURIComponent(correlationId)}`;

/** The key of the one registration that a tenant has. */
export const REGISTRATION_KEY = 'tenant';

/** What is known of an event: its id (generated otherwise), and when its resource changes (milliseconds), perhaps in the future. */
interface Known {
  readonly id?: string;
  readonly changedAt?: number;
}

/**
 * Queues an event for delivery if the partner has registered for it, in the transaction of the call: an event is sent if
 * and only if its cause is written.
 */
export function announce(eventName: EventName, resourceUri: string, context: SandboxContext, known: Known = {}): void {
  const registration = context.store.webhooks.get(REGISTRATION_KEY);
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
