import { z } from 'zod';
import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { PARTNER } from '#seed/partner';
import { defined } from '#store/defined';
import type { WebhookRegistration } from '#store/records';
import { announce, EVENT_NAMES, REGISTRATION_KEY, validationUri } from '#webhooks/announce';
import { json, tooManyRequests, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { Refusal, refusal } from '#wire/refusal';
import { wireTime } from '#wire/time';

const PATH = '/webhooks/v1/registration';
const WEEK = 7 * 86_400_000;

/** The registration API (page "partner-center-webhooks"). One registration per tenant. */
export const webhookRoutes: readonly Route[] = [
  {
    name: 'listWebhookEvents',
    method: 'GET',
    path: `${PATH}/events`,
    access: 'token',
    answer: () => json(EVENT_NAMES),
  },
  { name: 'getWebhook', method: 'GET', path: PATH, access: 'token', answer: read },
  { name: 'createWebhook', method: 'POST', path: PATH, access: 'token', answer: create },
  { name: 'updateWebhook', method: 'PUT', path: PATH, access: 'token', answer: update },
  {
    name: 'createValidationEvent',
    method: 'POST',
    path: `${PATH}/validationEvents`,
    access: 'token',
    answer: validate,
  },
  {
    name: 'getValidationEvent',
    method: 'GET',
    path: `${PATH}/validationEvents/{correlationId}`,
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
  if (context.store.webhooks.get(REGISTRATION_KEY)) {
    throw new Refusal(409, 2002, 'A registration exists; update it with PUT.');
  }
  return save(call, crypto.randomUUID(), context);
}

function update(call: Call, context: SandboxContext): Answer {
  return save(call, registered(context).subscriberId, context);
}

function registered(context: SandboxContext): WebhookRegistration {
  const registration = context.store.webhooks.get(REGISTRATION_KEY);
  if (!registration) throw refusal('notFound', 'There is no registration.');
  return registration;
}

function save(call: Call, subscriberId: string, context: SandboxContext): Answer {
  const request = call.body(requestSchema);
  const known: readonly string[] = EVENT_NAMES;
  const unknown = request.webhookEvents.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw refusal('invalidInput', `Unknown events: ${unknown.join(', ')}.`);
  const registration: WebhookRegistration = {
    subscriberId,
    url: request.webhookUrl,
    events: request.webhookEvents,
    msSignatureHeader: request.signatureTokenToMsSignatureHeader ?? false,
    ...defined({ properties: request.properties ?? undefined }),
    modifiedAt: context.clock.now(),
  };
  context.store.webhooks.put(REGISTRATION_KEY, registration);
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

/** Sends a test event, at most two a minute. */
function validate(call: Call, context: SandboxContext): Answer {
  if (!registered(context).events.includes('test-created')) {
    throw refusal('invalidInput', 'The registration lacks test-created.');
  }
  const seconds = context.throttle.take('validationEvents', 2, Date.now());
  if (seconds > 0) return tooManyRequests(seconds);
  announce('test-created', validationUri(call.correlationId), context, { id: call.correlationId });
  return json({ correlationId: call.correlationId });
}

/** The result of a test event, for seven days. */
function validation(call: Call, context: SandboxContext): Answer {
  const delivery = context.store.deliveries.get(call.param('correlationId'));
  const isKept = delivery?.eventName === 'test-created' && delivery.changedAt + WEEK > context.clock.now();
  if (!isKept) throw refusal('notFound', 'There is no such validation event.');
  return json({
    correlationId: delivery.id,
    partnerId: PARTNER.tenantId,
    status: delivery.status,
    callbackUrl: registered(context).url,
    results: delivery.results.map(({ at, ...result }) => ({ ...result, dateTimeUtc: wireTime(at) })),
  });
}
