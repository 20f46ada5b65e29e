import { expect, test } from '@jest/globals';
import { startApp } from './support/start-app';

/** Everything that would keep an app from starting on Azure keeps it from starting here, with a reason a person can act on. */

const bus = { Bus: 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=a;SharedAccessKey=b', TextQueue: 'texts' };

test.each([
  ['a setting in %...% without a value', { Bus: bus.Bus }, {}, 'uses %TextQueue%, but no app setting of that name'],
  [
    'a connection that is not set',
    { TextQueue: 'texts' },
    {},
    'needs the connection "Bus": set Bus (a connection string)',
  ],
  ['a retry policy for all functions', bus, { retry: {} }, 'a retry policy for all functions is not supported'],
  ['a duration that .NET would misread', bus, { functionTimeout: '24:00:00' }, '"24:00:00" is not a TimeSpan'],
  ['a host.json of another version', bus, { version: '1.0' }, 'does not fit'],
])('%s is refused', async (_, env, hostJson, reason) => {
  await expect(startApp('bus-app.js', { Bus: '', TextQueue: '', ...env }, hostJson)).rejects.toThrow(reason);
});

test.each([
  ['a retry policy on a Service Bus function', 'retry', 'Function a has a retry policy, which Azure does not support'],
  ['a trigger this host does not know', 'unknownTrigger', 'Function a has a trigger of type queueTrigger'],
  ['an output binding', 'output', 'Function a has a binding (out) of type serviceBus'],
  ['an unknown route constraint', 'route', 'has the unknown constraint "int32"'],
  ['a schedule that is none', 'schedule', 'is not an NCRONTAB expression'],
  ['a schedule that never fires', 'never', 'never fires'],
  ['an app that registers nothing', 'nothing', 'No functions were registered'],
  ['an entry file that throws', 'throws', 'the app itself says so'],
  ['HTTP streaming', 'stream', 'enableHttpStream, which this host does not imitate'],
])('%s is refused', async (_, what, reason) => {
  await expect(startApp('wrong-app.js', { ...bus, WRONG: what })).rejects.toThrow(reason);
});
