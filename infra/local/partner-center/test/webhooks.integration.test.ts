import { verify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { eventually } from '@cartage/stack/eventually';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Receiver } from './support/receiver';
import { TestSandbox } from './support/sandbox';
import type { Shopper } from './support/shopper';

let sandbox: TestSandbox;
let shopper: Shopper;
let receiver: Receiver;

beforeAll(async () => {
  sandbox = await TestSandbox.start({ webhookRetrySeconds: 0 }, { httpsPort: 0 });
  receiver = await Receiver.start();
});
beforeEach(async () => {
  shopper = sandbox.shopper();
  await shopper.control('POST', '/reset');
  receiver.reset();
});
afterAll(async () => {
  await sandbox.stop();
  receiver.stop();
});

const REGISTRATION = '/webhooks/v1/registration';
const register = (method: 'POST' | 'PUT', more: object = {}) =>
  shopper.call(method, REGISTRATION, {
    body: {
      WebhookUrl: receiver.url,
      WebhookEvents: ['test-created', 'invoice-ready', 'subscription-updated'],
      ...more,
    },
  });

async function buy(): Promise<void> {
  const line = await shopper.line('DZH318Z0CSA1', '0001', { billingCycle: 'monthly', termDuration: 'P1M' });
  const cart = await shopper.createCart([line]);
  expect((await shopper.checkout(cart.id)).status).toBe(201);
}

const eventSchema = z.object({
  EventName: z.string(),
  ResourceUri: z.string(),
  ResourceName: z.string(),
  AuditUri: z.null(),
  ResourceChangeUtcDate: z.string(),
});
const event = (index: number) => eventSchema.parse(JSON.parse(receiver.received[index]?.body ?? ''));

/** What is at this address of the sandbox, over TLS and with no trust but in the sandbox's own root. */
async function readSecurely(url: string): Promise<string> {
  const ca = await (await fetch(`${sandbox.base}/sandbox/certificates/root.pem`)).text();
  const [response] = z.tuple([z.instanceof(IncomingMessage)]).parse(await once(get(url, { ca }), 'response'));
  return text(response);
}

const signedSchema = z.looseObject({
  'x-ms-signature': z.string().optional(),
  authorization: z.string().optional(),
  'x-ms-certificate-url': z.string(),
  'x-ms-signature-algorithm': z.literal('rsa-sha256'),
});

/** Is the signature valid for these bytes, by the certificate that the event names? */
async function isSigned({ headers, body }: Receiver['received'][number]): Promise<boolean> {
  const { 'x-ms-signature': own, authorization, 'x-ms-certificate-url': url } = signedSchema.parse(headers);
  const [scheme, signature = ''] = (own ?? authorization ?? '').split(' ');
  expect(scheme).toBe('Signature');
  const certificate = new X509Certificate(await readSecurely(url));
  return verify('sha256', Buffer.from(body), certificate.publicKey, Buffer.from(signature, 'base64'));
}

test('one registration per tenant: read, made, refused a second time, updated', async () => {
  expect(await shopper.call('GET', REGISTRATION)).toMatchObject({ status: 404, body: { code: 1000 } });
  expect((await register('POST')).body).toMatchObject({ webhookUrl: receiver.url, subscriberId: expect.any(String) });
  expect((await register('POST')).status).toBe(409);
  expect((await register('PUT', { SignatureTokenToMsSignatureHeader: true })).body).toMatchObject({
    signatureTokenToMsSignatureHeader: true,
  });
  const events = await shopper.call('GET', `${REGISTRATION}/events`);
  expect(events.body).toEqual(['test-created', 'invoice-ready', 'subscription-updated']);
  const unknown = await register('PUT', { WebhookEvents: ['order-made'] });
  expect(unknown).toMatchObject({ status: 400, body: { code: 800002 } });
});

const statusSchema = z.looseObject({ status: z.string() });
const validationStatus = async (correlationId: string): Promise<string> =>
  statusSchema.parse((await shopper.call('GET', `${REGISTRATION}/validationEvents/${correlationId}`)).body).status;

test('a validation event arrives signed, and its result can be read', async () => {
  await register('POST');
  const asked = await shopper.call('POST', `${REGISTRATION}/validationEvents`, {
    headers: { 'MS-CorrelationId': 'check' },
  });
  expect(asked.body).toEqual({ correlationId: 'check' });
  await receiver.got(1);
  expect(event(0)).toMatchObject({ EventName: 'test-created', ResourceName: 'test' });
  const path = new URL(event(0).ResourceUri).pathname;
  expect(path).toBe(`${REGISTRATION}/validationEvents/check`);
  await eventually('the event is delivered', async () => (await validationStatus('check')) === 'completed');
  expect((await shopper.call('GET', path)).body).toMatchObject({
    results: [{ responseCode: '200', systemError: false }],
  });
});

test('a validation event is found whatever its correlation id, for seven days', async () => {
  await register('POST');
  const headers = { 'MS-CorrelationId': 'run 7/checkout?' };
  const asked = await shopper.call('POST', `${REGISTRATION}/validationEvents`, { headers });
  expect(asked.body).toEqual({ correlationId: 'run 7/checkout?' });
  await receiver.got(1);
  const { pathname } = new URL(event(0).ResourceUri);
  expect((await shopper.call('GET', pathname)).body).toMatchObject({ correlationId: 'run 7/checkout?' });
  await shopper.advance(7 * 86_400);
  shopper = sandbox.shopper();
  expect(await shopper.call('GET', pathname)).toMatchObject({ status: 404, body: { code: 1000 } });
});

test('a validation event needs a registration, and test-created in it', async () => {
  const validate = () => shopper.call('POST', `${REGISTRATION}/validationEvents`);
  expect(await validate()).toMatchObject({ status: 404, body: { code: 1000 } });
  await register('POST', { WebhookEvents: ['invoice-ready'] });
  expect(await validate()).toMatchObject({ status: 400, body: { code: 800002 } });
});

test('validation events are throttled to two a minute', async () => {
  await register('POST');
  const statuses: number[] = [];
  for (let call = 0; call < 3; call += 1) {
    statuses.push((await shopper.call('POST', `${REGISTRATION}/validationEvents`)).status);
  }
  expect(statuses).toEqual([200, 200, 429]);
});

test('the signature is over the raw bytes, by a certificate of an own root whose issuer is O=Microsoft Corporation', async () => {
  await register('POST', { SignatureTokenToMsSignatureHeader: true });
  await buy();
  await receiver.got(1);
  const [first] = receiver.received;
  if (!first) throw new Error('nothing came');
  expect(first.headers.authorization).toBeUndefined();
  expect(await isSigned(first)).toBe(true);
  expect(await isSigned({ ...first, body: `${first.body} ` })).toBe(false);
  const leaf = new X509Certificate(await (await fetch(`${sandbox.base}/sandbox/certificates/leaf.cer`)).text());
  const root = new X509Certificate(await (await fetch(`${sandbox.base}/sandbox/certificates/root.pem`)).text());
  expect(leaf.issuer).toContain('O=Microsoft Corporation');
  expect(leaf.verify(root.publicKey)).toBe(true);
  expect(leaf.checkIssued(root)).toBe(true);
  expect(root.ca).toBe(true);
  expect(root.verify(root.publicKey)).toBe(true);
});

test('an issued invoice and a provisioned subscription are announced by pointer only', async () => {
  await register('POST');
  await buy();
  await receiver.got(1);
  expect(event(0)).toMatchObject({ EventName: 'subscription-updated', ResourceName: 'subscription' });
  expect(event(0).ResourceUri).toContain(`/webhooks/v1/customers/${shopper.customerId}/subscriptions/`);
  await shopper.control('POST', '/invoices');
  await receiver.got(2);
  expect(event(1)).toMatchObject({ EventName: 'invoice-ready', ResourceName: 'invoice' });
  const { pathname } = new URL(event(1).ResourceUri);
  expect((await shopper.call('GET', pathname, { kind: 'user' })).body).toMatchObject({ documentType: 'invoice' });
});

test('a receiver that fails is tried ten times, then never again', async () => {
  receiver.answers = Array.from({ length: 30 }, () => 500);
  await register('POST');
  await shopper.call('POST', `${REGISTRATION}/validationEvents`, { headers: { 'MS-CorrelationId': 'check' } });
  await eventually('the sandbox gives up', async () => (await validationStatus('check')) === 'offline');
  expect(receiver.received).toHaveLength(10);
});

test('a receiver that recovers gets the event', async () => {
  receiver.answers = [503, 500];
  await register('POST');
  await buy();
  await receiver.got(3);
  expect(new Set(receiver.received.map((one) => one.body)).size).toBe(1);
});

test('events can be doubled, lost once, or signed badly', async () => {
  await register('POST');
  await shopper.control('POST', '/faults', [
    { kind: 'webhook', how: 'bad-signature' },
    { kind: 'webhook', how: 'twice', skip: 1 },
  ]);
  await buy();
  await receiver.got(1);
  expect(await isSigned(receiver.received[0] ?? { headers: {}, body: '' })).toBe(false);
  await buy();
  await receiver.got(3);
  expect(receiver.received[1]?.body).toBe(receiver.received[2]?.body);
  await shopper.control('POST', '/faults', { kind: 'webhook', how: 'lost' });
  await buy();
  await receiver.got(4);
});

test('an event can come late', async () => {
  await register('POST');
  const fault = { kind: 'webhook', how: 'late', route: 'subscription-updated', seconds: 600 };
  await shopper.control('POST', '/faults', fault);
  await buy();
  await shopper.struck();
  // A later event overtakes it.
  await shopper.call('POST', `${REGISTRATION}/validationEvents`);
  await receiver.got(1);
  await shopper.advance(600);
  await receiver.got(2);
  expect([event(0).EventName, event(1).EventName]).toEqual(['test-created', 'subscription-updated']);
  expect(await isSigned(receiver.received[1] ?? { headers: {}, body: '' })).toBe(true);
});

test('the same certificate serves an https port that trusts only the sandbox’s own root', async () => {
  expect(JSON.parse(await readSecurely(`https://127.0.0.1:${sandbox.httpsPort}/health`))).toEqual({
    status: 'healthy',
  });
  await expect(fetch(`https://127.0.0.1:${sandbox.httpsPort}/health`)).rejects.toThrow('fetch failed');
});
