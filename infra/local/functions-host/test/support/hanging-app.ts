import { app } from '@azure/functions';

/** A function app whose only function runs at the start and never ends. */

app.timer('hanging', {
  schedule: '0 0 0 1 1 *',
  runOnStartup: true,
  handler: () => new Promise<void>(() => undefined),
});
