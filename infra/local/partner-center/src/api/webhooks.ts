import { z } from 'zod';
import { wireTime } from '#wire/time';
import { gateway, json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { Refusal, refusal } from '#wire/refusal';
import type { Route } from '#model/route';
import { partner } from '#seed/partner';
import type { WebhookRegistration } from '#store/records';
import { announce, eventNames, registrationKey, validationUri } from '#webhooks/announce';
import type { SandboxContext } from '#model/sandbox-context';

const path = '/webhooks/v1/registration';
const week = 7 * 86_400_000;

/** The registration API (page "partner-center-webhooks"). One registration per tenant. */
export const webhookRoutes: readonly Route[] = [
  { name: 'listWebhookEvents', method: 'GET', path: `${path}/events`, access: 'token', answer: () => json(eventNames) },
  { name: 'getWebhook', method: 'GET', path, access: 'token', answer: read },
  { name: 'createWebhook', method: 'POST', path, access: 'token', answer: create },
  { name: 'updateWebhook', method: 'PUT', path, access: 'token', answer: update },
  {
    name: 'createValidationEvent',
    method: 'POST',
    path: `${path}/validationEvents`,
    access: 'token',
    answer: validate,
  },
  {
    name: 'getValidationEvent',
    method: 'GET',
    path: `${path}/validationEvents/{correlationId}`,
    access: 'token',
    answer: validation,
  },
];

const requestSchema = z.object({
  webhookUrl: z.url({ protocol: /^https?$/ }),
  webhookEvents: z.array(z.string()).min(1),
  signatureTokenToMsSignatureHeader: z.boolean().nullish(),
  properties: z.record(z.string(), z.string()).nullish(),
});

function read(_: Call, context: SandboxContext): Answer {
  return json(body(registered(context)));
}

function create(call: Call, context: SandboxContext): Answer {
  if (context.store.webhooks.get(registrationKey)) {
    throw new Refusal(409, 2002, 'A registration exists; update it with PUT.');
  }
  return save(call, crypto.randomUUID(), context);
}

function update(call: Call, context: SandboxContext): Answer {
  return save(call, registered(context).subscriberId, context);
}

function registered(context: SandboxContext): WebhookRegistration {
  const registration = context.store.webhooks.get(registrationKey);
  if (!registration) throw refusal('notFound', 'There is no registration.');
  return registration;
}

function save(call: Call, subscriberId: string, context: SandboxContext): Answer {
  const request = call.body(requestSchema);
  const known: readonly string[] = eventNames;
  const unknown = request.webhookEvents.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw refusal('invalidInput', `Unknown events: ${unknown.join(', ')}.`);
  const registration: WebhookRegistration = {
    subscriberId,
    url: request.webhookUrl,
    events: request.webhookEvents,
    msSignatureHeader: request.signatureTokenToMsSignatureHeader ?? false,
    ...(request.properties ? { properties: request.properties } : {}),
    modifiedAt: context.clock.now(),
  };
  context.store.webhooks.put(registrationKey, registration);
  return json(body(registration));
}

const body = (registration: WebhookRegistration): object => ({
  subscriberId: registration.subscriberId,
  webhookUrl: registration.url,
  webhookEvents: registration.events,
  signatureTokenToMsSignatureHeader: registration.msSignatureHeader,
  properties: registration.properties,
  lastModifiedTimestamp: wireTime(registration.modifiedAt),
});

/** Sends a test event; twice a minute at most. */
function validate(call: Call, context: SandboxContext): Answer {
  if (!registered(context).events.includes('test-created')) {
    throw refusal('invalidInput', 'The registration lacks test-created.');
  }
  const seconds = context.throttle.take('validationEvents', 2, Date.now());
  if (seconds > 0) {
    const message = `Rate limit is exceeded. Try again in ${seconds} seconds.`;
    return gateway(429, message, { 'Retry-After': `${seconds}` });
  }
  announce('test-created', validationUri(call.correlationId), context, { id: call.correlationId });
  return json({ correlationId: call.correlationId });
}

/** What came of a test event; for seven days. */
function validation(call: Call, context: SandboxContext): Answer {
  const delivery = context.store.deliveries.get(call.param('correlationId'));
  const isKept = delivery?.eventName === 'test-created' && delivery.changedAt + week > context.clock.now();
  if (!isKept) throw refusal('notFound', 'There is no such validation event.');
  return json({
    correlationId: delivery.id,
    partnerId: partner.tenantId,
    status: delivery.status,
    callbackUrl: registered(context).url,
    results: delivery.results.map(({ at, ...result }) => ({ ...result, dateTimeUtc: wireTime(at) })),
  });
}
