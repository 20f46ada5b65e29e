import { verify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Shopper } from './support/shopper';
import { TestSandbox, until } from './support/sandbox';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let sandbox: TestSandbox;
let shopper: Shopper;
let receiver: Server;
let received: Received[];
let answers: number[];

beforeAll(async () => {
  sandbox = await TestSandbox.start({ webhookRetrySeconds: 0 });
  shopper = sandbox.shopper();
  receiver = createServer((request, response) => {
    void receive(request).finally(() => response.writeHead(answers.shift() ?? 200).end());
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
});
beforeEach(async () => {
  shopper = sandbox.shopper();
  await shopper.control('POST', '/reset');
  received = [];
  answers = [];
});
afterAll(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await sandbox.stop();
});

async function receive(request: IncomingMessage): Promise<void> {
  received.push({ headers: request.headers, body: await text(request) });
}

function receiverUrl(): string {
  const address = receiver.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/hook`;
}

const registration = '/webhooks/v1/registration';
const register = (method: 'POST' | 'PUT', more: object = {}) =>
  shopper.call(method, registration, {
    body: {
      WebhookUrl: receiverUrl(),
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
const event = (index: number) => eventSchema.parse(JSON.parse(received[index]?.body ?? ''));

/** Is the signature good for these bytes, by the certificate the event names? */
async function isSigned({ headers, body }: Received): Promise<boolean> {
  const { 'x-ms-signature': own, authorization, 'x-ms-certificate-url': url } = headers;
  const [scheme, signature = ''] = `${own ?? authorization}`.split(' ');
  expect(scheme).toBe('Signature');
  expect(headers['x-ms-signature-algorithm']).toBe('rsa-sha256');
  const certificate = new X509Certificate(await (await fetch(`${url}`)).text());
  return verify('sha256', Buffer.from(body), certificate.publicKey, Buffer.from(signature, 'base64'));
}

test('one registration per tenant: read, made, refused a second time, updated', async () => {
  expect(await shopper.call('GET', registration)).toMatchObject({ status: 404, body: { code: 1000 } });
  expect((await register('POST')).body).toMatchObject({ webhookUrl: receiverUrl(), subscriberId: expect.any(String) });
  expect((await register('POST')).status).toBe(409);
  expect((await register('PUT', { SignatureTokenToMsSignatureHeader: true })).body).toMatchObject({
    signatureTokenToMsSignatureHeader: true,
  });
  const events = await shopper.call('GET', `${registration}/events`);
  expect(events.body).toEqual(['test-created', 'invoice-ready', 'subscription-updated']);
  const unknown = await register('PUT', { WebhookEvents: ['order-made'] });
  expect(unknown).toMatchObject({ status: 400, body: { code: 800002 } });
});

test('a validation event arrives signed, and its result can be read', async () => {
  await register('POST');
  const asked = await shopper.call('POST', `${registration}/validationEvents`, {
    headers: { 'MS-CorrelationId': 'check' },
  });
  expect(asked.body).toEqual({ correlationId: 'check' });
  await until(() => received.length === 1);
  expect(event(0)).toMatchObject({ EventName: 'test-created', ResourceName: 'test' });
  const path = new URL(event(0).ResourceUri).pathname;
  expect(path).toBe(`${registration}/validationEvents/check`);
  await until(async () => JSON.stringify((await shopper.call('GET', path)).body).includes('"completed"'));
  expect((await shopper.call('GET', path)).body).toMatchObject({
    results: [{ responseCode: '200', systemError: false }],
  });
});

test('a validation event is found whatever its correlation id, for seven days', async () => {
  await register('POST');
  const headers = { 'MS-CorrelationId': 'run 7/checkout?' };
  const asked = await shopper.call('POST', `${registration}/validationEvents`, { headers });
  expect(asked.body).toEqual({ correlationId: 'run 7/checkout?' });
  await until(() => received.length === 1);
  const { pathname } = new URL(event(0).ResourceUri);
  expect((await shopper.call('GET', pathname)).body).toMatchObject({ correlationId: 'run 7/checkout?' });
  await shopper.control('POST', '/clock', { advanceSeconds: 7 * 86_400 });
  shopper = sandbox.shopper();
  expect(await shopper.call('GET', pathname)).toMatchObject({ status: 404, body: { code: 1000 } });
});

test('a validation event needs a registration, and test-created in it', async () => {
  const validate = () => shopper.call('POST', `${registration}/validationEvents`);
  expect(await validate()).toMatchObject({ status: 404, body: { code: 1000 } });
  await register('POST', { WebhookEvents: ['invoice-ready'] });
  expect(await validate()).toMatchObject({ status: 400, body: { code: 800002 } });
});

test('validation events are throttled to two a minute', async () => {
  await register('POST');
  const statuses: number[] = [];
  for (let call = 0; call < 3; call += 1) {
    statuses.push((await shopper.call('POST', `${registration}/validationEvents`)).status);
  }
  expect(statuses).toEqual([200, 200, 429]);
});

test('the signature is over the raw bytes, by a certificate of an own root whose issuer is O=Microsoft Corporation', async () => {
  await register('POST', { SignatureTokenToMsSignatureHeader: true });
  await buy();
  await until(() => received.length === 1);
  const [first] = received;
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
  await until(() => received.length === 1);
  expect(event(0)).toMatchObject({ EventName: 'subscription-updated', ResourceName: 'subscription' });
  expect(event(0).ResourceUri).toContain(`/webhooks/v1/customers/${shopper.customerId}/subscriptions/`);
  await shopper.control('POST', '/invoices');
  await until(() => received.length === 2);
  expect(event(1)).toMatchObject({ EventName: 'invoice-ready', ResourceName: 'invoice' });
  const { pathname } = new URL(event(1).ResourceUri);
  expect((await shopper.call('GET', pathname, { kind: 'user' })).body).toMatchObject({ documentType: 'invoice' });
});

test('a receiver that fails is tried ten times, then never again', async () => {
  answers = Array.from({ length: 30 }, () => 500);
  await register('POST');
  await shopper.call('POST', `${registration}/validationEvents`, { headers: { 'MS-CorrelationId': 'check' } });
  const status = async () => (await shopper.call('GET', `${registration}/validationEvents/check`)).body;
  await until(async () => JSON.stringify(await status()).includes('"offline"'));
  expect(received).toHaveLength(10);
});

test('a receiver that recovers gets the event', async () => {
  answers = [503, 500];
  await register('POST');
  await buy();
  await until(() => received.length === 3);
  expect(new Set(received.map((one) => one.body)).size).toBe(1);
});

test('events can be doubled, lost once, or signed badly', async () => {
  await register('POST');
  await shopper.control('POST', '/faults', [
    { kind: 'webhook', how: 'bad-signature' },
    { kind: 'webhook', how: 'twice', skip: 1 },
  ]);
  await buy();
  await until(() => received.length === 1);
  expect(await isSigned(received[0] ?? { headers: {}, body: '' })).toBe(false);
  await buy();
  await until(() => received.length === 3);
  expect(received[1]?.body).toBe(received[2]?.body);
  await shopper.control('POST', '/faults', { kind: 'webhook', how: 'lost' });
  await buy();
  await until(() => received.length === 4);
});

test('an event can come late', async () => {
  await register('POST');
  await shopper.control('POST', '/faults', {
    kind: 'webhook',
    how: 'late',
    route: 'subscription-updated',
    seconds: 0.5,
  });
  const start = performance.now();
  await buy();
  await until(() => received.length === 1);
  expect(performance.now() - start).toBeGreaterThan(490);
  expect(await isSigned(received[0] ?? { headers: {}, body: '' })).toBe(true);
});

test('the same certificate serves an https port that trusts nobody else’s root', async () => {
  const secure = await TestSandbox.start({}, { httpsPort: 0 });
  try {
    const ca = await (await fetch(`${secure.base}/sandbox/certificates/root.pem`)).text();
    const request = get({ host: '127.0.0.1', port: secure.httpsPort, path: '/health', ca });
    const [response] = z.tuple([z.custom<NodeJS.ReadableStream>()]).parse(await once(request, 'response'));
    expect(JSON.parse(await text(response))).toEqual({ status: 'healthy' });
  } finally {
    await secure.stop();
  }
});
