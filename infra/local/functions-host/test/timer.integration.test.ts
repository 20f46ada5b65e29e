import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Child } from '@cartage/stack/child';
import { eventually } from '@cartage/stack/eventually';
import { startApp, type TestApp } from './support/start-app';
import { startStorage } from './support/start-storage';

let storage: { child: Child; connection: string };

beforeAll(async () => {
  storage = await startStorage();
});
afterAll(() => storage.child.stop());

const start = (schedule: string): Promise<TestApp> =>
  startApp('timer-app.js', { AzureWebJobsStorage: storage.connection, Schedule: schedule });

/** What a timer function wrote to the log. */
const reports = ({ lines }: TestApp, name: string): unknown[] =>
  lines.flatMap((line) => line.split(`Function.${name}.User: `).slice(1)).map((text): unknown => JSON.parse(text));

const statusBlob = () =>
  BlobServiceClient.fromConnectionString(storage.connection)
    .getContainerClient('azure-webjobs-hosts')
    .getBlockBlobClient('timers/local/Host.Functions.every-minute/status');

const runNow = ({ url, keys }: TestApp, name: string, key = keys.masterKey): Promise<Response> =>
  fetch(`${url}/admin/functions/${name}`, {
    method: 'POST',
    headers: { 'x-functions-key': key, 'content-type': 'application/json' },
    body: '{"input":""}',
  });

test('a timer fires by its schedule, without a status when it fires more than once a minute', async () => {
  await using app = await start('0 0 0 1 1 *');
  await eventually('it has fired twice', () => reports(app, 'every-second').length >= 2);
  expect(reports(app, 'every-second')[0]).toEqual({
    schedule: { adjustForDST: true },
    scheduleStatus: null,
    isPastDue: false,
  });
});

test('a run that was missed while the host was down is made up for at the start, once', async () => {
  const past = new Date(Date.now() - 3_600_000).toISOString();
  const due = new Date(Math.ceil((Date.parse(past) + 1) / 60_000) * 60_000).toISOString();
  const status = JSON.stringify({ Last: past, Next: due, LastUpdated: past });
  await using first = await start('0 0 0 1 1 *'); // makes the container
  await first.child.stop();
  await statusBlob().upload(status, status.length);
  await using app = await start('0 * * * * *');
  await eventually('it has run', () => reports(app, 'every-minute').length > 0);
  expect(reports(app, 'every-minute')[0]).toEqual({
    schedule: { adjustForDST: true },
    scheduleStatus: { last: past, next: due, lastUpdated: past },
    isPastDue: true,
  });
  await eventually('the run is noted', async () => !(await statusBlob().downloadToBuffer()).toString().includes(past));
});

test('a changed schedule starts anew and is not past due', async () => {
  const past = new Date(Date.now() - 3_600_000).toISOString();
  const status = JSON.stringify({ Last: past, Next: past, LastUpdated: past });
  await statusBlob().upload(status, status.length);
  await using app = await start('0 0 0 1 1 *');
  await eventually('the status is new', async () => {
    const text = (await statusBlob().downloadToBuffer()).toString();
    return !text.includes(past) && text.includes('-01-01T00:00:00.000Z');
  });
  expect(reports(app, 'every-minute')).toEqual([]);
});

test('the master key, and no other, runs a timer now', async () => {
  await using app = await start('0 0 0 1 1 *');
  expect((await runNow(app, 'every-minute', 'wrong')).status).toBe(401);
  expect((await runNow(app, 'no-such-function')).status).toBe(404);
  expect((await runNow(app, 'every-minute')).status).toBe(202);
  await eventually('it has run', () => reports(app, 'every-minute').length === 1);
});

test('a timer over the store that is not there keeps the host from starting, in plain words', async () => {
  await expect(startApp('timer-app.js', { Schedule: '0 * * * * *', AzureWebJobsStorage: '' })).rejects.toThrow(
    'Timer every-minute keeps its status in a blob: set AzureWebJobsStorage to a connection string',
  );
});
