import { app, type InvocationContext } from '@azure/functions';

/** A function app for the tests of Service Bus triggers. What a function was given it writes to the log, as JSON. */

const connection = 'Bus';

const report = (message: unknown, context: InvocationContext): void =>
  context.log(JSON.stringify({ message, isBuffer: Buffer.isBuffer(message), metadata: context.triggerMetadata }));

app.serviceBusQueue('text', { connection, queueName: '%TextQueue%', handler: report });
const binary = { dataType: 'binary' };
app.serviceBusQueue('binary', { connection, queueName: 'bytes', handler: report, ...binary });
app.serviceBusTopic('subscriber', { connection, topicName: 'news', subscriptionName: 'all', handler: report });
app.serviceBusQueue('batch', { connection, queueName: 'batches', cardinality: 'many', handler: report });
app.serviceBusQueue('fails', {
  connection,
  queueName: 'failing',
  handler: (_, context) => {
    context.log(JSON.stringify({ deliveryCount: context.triggerMetadata?.['deliveryCount'] }));
    throw new Error('this message is never understood');
  },
});
app.serviceBusQueue('dead', { connection, queueName: 'failing/$deadletterqueue', handler: report });
app.serviceBusQueue('mixed', {
  connection,
  queueName: 'mixed',
  handler: (message) => {
    if (Number(message) % 2 === 0) throw new Error('even numbers fail');
  },
});
let running = 0;
app.serviceBusQueue('slow', {
  connection,
  queueName: 'slow',
  handler: async (message, context) => {
    running += 1;
    context.log(JSON.stringify({ message, running, deliveryCount: context.triggerMetadata?.['deliveryCount'] }));
    await new Promise((resolve) => setTimeout(resolve, Number(message)));
    running -= 1;
    context.log(JSON.stringify({ ended: message }));
  },
});
