import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { FailingApp } from '#test/support/failed-starts';

/** Everything that would keep an app from starting on Azure keeps it from starting here, with a reason that a person can act on. */

const bus = {
  Bus: 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=a;SharedAccessKey=b',
  TextQueue: 'texts',
  SlowQueue: 'slow',
};
const busApp = { entry: 'bus-app.js', env: bus, hostJson: {} };
const wrongApp = (what: string): FailingApp => ({ entry: 'wrong-app.js', env: { ...bus, WRONG: what }, hostJson: {} });

const cases: readonly [what: string, app: FailingApp, reason: string][] = [
  [
    'a setting in %...% without a value',
    { ...busApp, env: { ...bus, TextQueue: '' } },
    'uses %TextQueue%, but no app setting of that name',
  ],
  [
    'a connection that is not set',
    { ...busApp, env: { ...bus, Bus: '' } },
    'needs the connection "Bus": set Bus (a connection string)',
  ],
  [
    'a timer without the storage of its status',
    { entry: 'timer-app.js', env: { YearlySchedule: '0 0 0 1 1 *' }, hostJson: {} },
    'keeps its status in a blob: set AzureWebJobsStorage to a connection string',
  ],
  [
    'a retry policy for all functions',
    { ...busApp, hostJson: { retry: {} } },
    'a retry policy for all functions is not supported',
  ],
  [
    'a duration that .NET would misread',
    { ...busApp, hostJson: { functionTimeout: '24:00:00' } },
    '"24:00:00" is not a TimeSpan',
  ],
  ['a host.json of another version', { ...busApp, hostJson: { version: '1.0' } }, 'host.json is invalid'],
  [
    'a retry policy on a Service Bus function',
    wrongApp('retry'),
    'Function a has a retry policy, which Azure does not support',
  ],
  [
    'a trigger that this host does not support',
    wrongApp('unknownTrigger'),
    'Function a has a trigger of type queueTrigger',
  ],
  ['an output binding', wrongApp('output'), 'Function a has a binding (out) of type serviceBus'],
  ['an unknown route constraint', wrongApp('route'), 'has the unknown constraint "int32"'],
  ['a schedule that is neither NCRONTAB nor TimeSpan', wrongApp('schedule'), 'is not an NCRONTAB expression'],
  ['a schedule that never fires', wrongApp('never'), 'never fires'],
  ['an app that registers nothing', wrongApp('nothing'), 'No functions were registered'],
  ['an entry file that throws', wrongApp('throws'), 'the app itself says so'],
  ['HTTP streaming', wrongApp('stream'), 'enableHttpStream, which this host does not support'],
];

let reasons: string[] = [];

beforeAll(async () => {
  const apps = JSON.stringify(cases.map(([, app]) => app));
  const { stdout } = await promisify(execFile)(process.execPath, [
    require.resolve('#test/support/failed-starts'),
    apps,
  ]);
  reasons = z.array(z.string()).length(cases.length).parse(JSON.parse(stdout));
});

test.each(cases.map(([what, , reason], index) => [what, reason, index] as const))(
  '%s is rejected',
  (_, reason, index) => {
    expect(reasons[index]).toContain(reason);
  },
);
