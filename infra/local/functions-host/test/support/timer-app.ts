import { app } from '@azure/functions';

/** A function app for the tests of timers. */

app.timer('every-minute', { schedule: '%Schedule%', handler: (timer, context) => context.log(JSON.stringify(timer)) });
app.timer('every-second', { schedule: '* * * * * *', handler: (timer, context) => context.log(JSON.stringify(timer)) });
let attempts = 0;
app.timer('stubborn', {
  schedule: '0 0 0 1 1 *',
  retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: 0 },
  handler: (_, context) => {
    attempts += 1;
    context.log(JSON.stringify({ attempts, retryContext: context.retryContext }));
    if (attempts < 3) throw new Error(`attempt ${attempts} fails`);
  },
});
