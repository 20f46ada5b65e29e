import { app } from '@azure/functions';

/** A function app with one function, which runs for as many milliseconds as its message says. */

let running = 0;
app.serviceBusQueue('slow', {
  connection: 'Bus',
  queueName: '%SlowQueue%',
  handler: async (message, context) => {
    running += 1;
    context.log(JSON.stringify({ message, running, deliveryCount: context.triggerMetadata?.['deliveryCount'] }));
    await new Promise((resolve) => setTimeout(resolve, Number(message)));
    running -= 1;
    context.log(JSON.stringify({ ended: message }));
  },
});
