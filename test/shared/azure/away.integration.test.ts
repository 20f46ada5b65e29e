import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TableClient } from '@azure/data-tables';
import { ServiceBusClient } from '@azure/service-bus';
import { ContainerClient } from '@azure/storage-blob';
import { createBlobs, createContainerProbe } from '#shared/azure/blobs';
import { createBus, createBusProbe } from '#shared/azure/bus';
import { createTable } from '#shared/azure/table';
import { classifyOutage } from '#shared/domain/classify-outage';
import { anEtag } from '#test/support/memory';
import { freePort } from '#test/support/free-port';
import { respond, startScriptedServer, type ScriptedServer } from '#test/shared/partner-center/scripted-server';

/** What the real SDKs throw when nobody answers, or somebody who says "not now". */

let busy: ScriptedServer;
let dead: string;
beforeAll(async () => {
  busy = await startScriptedServer(respond(503, 'ServerBusy'));
  dead = `http://127.0.0.1:${await freePort()}`;
});
afterAll(() => busy.close());

const credentials = 'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=c2VjcmV0';
const retryOptions = { maxRetries: 0, timeoutInMs: 2000 };

function table(origin: string) {
  const connection = `${credentials};TableEndpoint=${origin}/devstoreaccount1`;
  return createTable(
    TableClient.fromConnectionString(connection, 'Purchases', { allowInsecureConnection: true, retryOptions }),
  );
}

function container(origin: string) {
  const connection = `${credentials};BlobEndpoint=${origin}/devstoreaccount1`;
  return new ContainerClient(connection, 'invoices', { retryOptions: { maxTries: 1 } });
}

const calls: [string, (origin: string) => Promise<unknown>][] = [
  ['reading a row', (origin) => table(origin).read('p', 'state')],
  ['reading rows', (origin) => table(origin).readAll('p')],
  ['inserting a row', (origin) => table(origin).write('p', { rowKey: 'state', values: {} }, [])],
  ['replacing a row', (origin) => table(origin).write('p', { rowKey: 'state', values: {}, etag: anEtag() }, [])],
  ['finding a document', (origin) => createBlobs(container(origin)).find('a.pdf')],
  ['storing a document', (origin) => createBlobs(container(origin)).putOnce('a.pdf', Buffer.from('x'), 'a/b', {})],
  ['looking at the container', (origin) => createContainerProbe(container(origin))()],
];

test.each(calls)('%s where nobody answers is an outage', async (_what, call) => {
  const error: unknown = await call(dead).catch((thrown: unknown) => thrown);
  expect(classifyOutage(error)).toBeDefined();
});

test.each(calls)('%s where somebody is busy is an outage', async (_what, call) => {
  const error: unknown = await call(busy.origin).catch((thrown: unknown) => thrown);
  expect(classifyOutage(error)).toMatchObject({ statusCode: 503 });
});

test.each([
  ['has no such name', () => 'nowhere.invalid'],
  ['does not answer', () => new URL(dead).host],
])('sending to a bus that %s is an outage, and so is looking at it', async (_what, host) => {
  const connection = `Endpoint=sb://${host()};SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true`;
  const client = new ServiceBusClient(connection, { retryOptions });
  for (const call of [() => createBus(client).send('q', { messageId: '1', body: {} }), createBusProbe(client, 'q')]) {
    const error: unknown = await call().catch((thrown: unknown) => thrown);
    expect(classifyOutage(error)).toBeDefined();
  }
  await client.close();
});
