import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@cartage/stack/eventually';
import { scheduleStatus, type ScheduleStatus } from '#timer/status';
import { createBlobStatusStore } from '#timer/status-store';
import { startApp, type TestApp } from '#test/support/start-app';
import { startStorage, type TestStorage } from '#test/support/start-storage';

const HOUR_MS = 3_600_000;

let storage: TestStorage;
let app: TestApp;

/** The times of a run on January 1st of last year and of the one that was due a year later. */
const year = new Date().getUTCFullYear();
const past = `${year - 1}-01-01T00:00:00.000Z`;
const due = `${year}-01-01T00:00:00.000Z`;

/** The timers `missed` and `changed` have a status when the host starts; the others have none. */
beforeAll(async () => {
  storage = await startStorage();
  const store = createBlobStatusStore(storage.connection, 'local');
  await store.write('missed', { Last: past, Next: due, LastUpdated: past });
  const anHourAgo = new Date(Date.now() - HOUR_MS).toISOString();
  await store.write('changed', { Last: anHourAgo, Next: anHourAgo, LastUpdated: anHourAgo });
  app = await startApp('timer-app.js', { AzureWebJobsStorage: storage.connection, YearlySchedule: '0 0 0 1 1 *' });
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await storage[Symbol.asyncDispose]();
});

/** What a timer function wrote to the log. */
const reports = (name: string): unknown[] =>
  app.lines.flatMap((line) => line.split(`Function.${name}.User: `).slice(1)).map((text): unknown => JSON.parse(text));

/** The status of a timer, at the path where the real host keeps it. */
async function storedStatus(name: string): Promise<ScheduleStatus> {
  const container = BlobServiceClient.fromConnectionString(storage.connection).getContainerClient(
    'azure-webjobs-hosts',
  );
  const blob = container.getBlobClient(`timers/local/Host.Functions.${name}/status`);
  return scheduleStatus.parse(JSON.parse((await blob.downloadToBuffer()).toString()));
}

const runNow = (name: string, key = app.keys.masterKey): Promise<Response> =>
  fetch(`${app.url}/admin/functions/${name}`, {
    method: 'POST',
    headers: { 'x-functions-key': key, 'content-type': 'application/json' },
    body: '{"input":""}',
  });

test('a run that was missed while the host was down is made up for at the start, once', async () => {
  await eventually('it has run', () => reports('missed').length > 0);
  expect(reports('missed')).toEqual([
    {
      schedule: { adjustForDST: true },
      scheduleStatus: { last: past, next: due, lastUpdated: past },
      isPastDue: true,
    },
  ]);
  const next = `${year + 1}-01-01T00:00:00.000Z`;
  await eventually('the run is stored', async () => (await storedStatus('missed')).Next === next);
});

test('a changed schedule starts anew and is not past due', async () => {
  expect(await storedStatus('changed')).toMatchObject({
    Last: '0001-01-01T00:00:00',
    Next: `${year + 1}-01-01T00:00:00.000Z`,
  });
  expect(reports('changed')).toEqual([]);
});

test('a timer that has never run gets a status at the start', async () => {
  expect(await storedStatus('manual')).toMatchObject({ Last: '0001-01-01T00:00:00' });
});

test('the master key, and no other, runs a timer now', async () => {
  expect((await runNow('manual', 'wrong')).status).toBe(401);
  expect((await runNow('no-such-function')).status).toBe(404);
  expect((await runNow('manual')).status).toBe(202);
  await eventually('it has run', () => reports('manual').length === 1);
});

test.concurrent('the status of a timer over its time limit is stored before the host ends', async () => {
  await using other = await startApp('hanging-app.js', {
    AzureWebJobsStorage: storage.connection,
    AzureFunctionsJobHost__functionTimeout: '00:00:00.200',
  });
  expect(await other.child.exited).toBe('exit code 1');
  expect((await storedStatus('hanging')).Last).toMatch(new RegExp(`^${year}`));
});

test('a timer fires by its schedule, without a status when it fires more than once a minute', async () => {
  await eventually('it has fired twice', () => reports('every-second').length >= 2);
  expect(reports('every-second')[0]).toEqual({
    schedule: { adjustForDST: true },
    scheduleStatus: null,
    isPastDue: false,
  });
});

test('a timer with a retry policy is run again at once, and sees why', async () => {
  await eventually('it has succeeded', () => reports('stubborn').length >= 3);
  expect(reports('stubborn').slice(0, 3)).toEqual([
    { retryCount: 0, maxRetryCount: 2 },
    { retryCount: 1, maxRetryCount: 2, reason: 'attempt 1 fails' },
    { retryCount: 2, maxRetryCount: 2, reason: 'attempt 2 fails' },
  ]);
});
