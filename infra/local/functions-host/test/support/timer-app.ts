import { app } from '@azure/functions';

/** A function app for the tests of timers. */

app.timer('every-second', { schedule: '* * * * * *', handler: (timer, context) => context.log(JSON.stringify(timer)) });
for (const name of ['missed', 'changed', 'manual']) {
  app.timer(name, { schedule: '%YearlySchedule%', handler: (timer, context) => context.log(JSON.stringify(timer)) });
}
let attempts = 0;
app.timer('stubborn', {
  schedule: '* * * * * *',
  retry: { strategy: 'fixedDelay', maxRetryCount: 2, delayInterval: 0 },
  handler: (_, context) => {
    attempts += 1;
    const { retryCount, maxRetryCount, exception } = context.retryContext ?? {};
    context.log(JSON.stringify({ retryCount, maxRetryCount, reason: exception?.message }));
    if (attempts < 3) throw new Error(`attempt ${attempts} fails`);
  },
});
