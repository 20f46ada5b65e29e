import { z } from 'zod';
import { PartnerCenterError } from '#shared/partner-center/errors/partner-center-error';
import { callApi } from '#shared/partner-center/http/call-api';
import { path } from '#shared/partner-center/http/path';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import { date, flag, list, openEnum, record, text } from '#shared/partner-center/schema/json-types';

/** Where Partner Center sends its events. There is one registration per tenant: a second environment overwrites it. */
export interface NewWebhook {
  readonly webhookUrl: string;
  readonly webhookEvents: readonly string[];
  /** Ask for the signature in x-ms-signature: Azure's own sign-in reads the Authorization header. */
  readonly signatureTokenToMsSignatureHeader?: boolean | undefined;
}

const webhook = record({
  subscriberId: text.optional(),
  webhookUrl: text.optional(),
  webhookEvents: list(text),
  signatureTokenToMsSignatureHeader: flag.optional(),
  lastModifiedTimestamp: date.optional(),
});
export type Webhook = z.infer<typeof webhook>;

const testEvent = record({
  correlationId: text.optional(),
  status: openEnum('completed').optional(),
  callbackUrl: text.optional(),
  results: list(
    record({
      responseCode: text.optional(),
      responseMessage: text.optional(),
      systemError: flag.optional(),
      dateTimeUtc: date.optional(),
    }),
  ),
});
export type TestEvent = z.infer<typeof testEvent>;

const eventNames = z.array(text);
const sentTestEvent = record({ correlationId: text });

const REGISTRATION = '/webhooks/v1/registration';

/** The events one may register for ("Partner Center webhooks"). */
export async function listWebhookEvents(pc: Transport, call: Call): Promise<string[]> {
  const read = {
    operation: 'list webhook events',
    method: 'GET',
    path: `${REGISTRATION}/events`,
    token: 'app',
  } as const;
  return callApi(pc, read, eventNames, call);
}

/** The registration; undefined when there is none. */
export async function getWebhook(pc: Transport, call: Call): Promise<Webhook | undefined> {
  try {
    const read = { operation: 'get webhook', method: 'GET', path: REGISTRATION, token: 'app' } as const;
    return await callApi(pc, read, webhook, call);
  } catch (error) {
    if (error instanceof PartnerCenterError && error.status === 404) return undefined;
    throw error;
  }
}

/** Registers; 409 when there is a registration already: then it must be replaced. */
export async function createWebhook(pc: Transport, wanted: NewWebhook, call: Call): Promise<Webhook> {
  const write = {
    operation: 'create webhook',
    method: 'POST',
    path: REGISTRATION,
    body: wanted,
    token: 'app',
  } as const;
  return callApi(pc, write, webhook, call);
}

/** Replaces the registration. */
export async function replaceWebhook(pc: Transport, wanted: NewWebhook, call: Call): Promise<Webhook> {
  const write = {
    operation: 'replace webhook',
    method: 'PUT',
    path: REGISTRATION,
    body: wanted,
    token: 'app',
  } as const;
  return callApi(pc, write, webhook, call);
}

/** Has Partner Center send a test-created event (two a minute at most); returns the id to ask about it. */
export async function sendTestEvent(pc: Transport, call: Call): Promise<string> {
  const place = `${REGISTRATION}/validationEvents`;
  const write = { operation: 'send test event', method: 'POST', path: place, token: 'app' } as const;
  return (await callApi(pc, write, sentTestEvent, call)).correlationId;
}

/** How the delivery of a test event went; kept for seven days. */
export async function getTestEvent(pc: Transport, testEventId: string, call: Call): Promise<TestEvent> {
  const place = REGISTRATION + path`/validationEvents/${testEventId}`;
  const read = { operation: 'get test event', method: 'GET', path: place, token: 'app' } as const;
  return callApi(pc, read, testEvent, call);
}
