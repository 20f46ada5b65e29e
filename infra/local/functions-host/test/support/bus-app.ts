import { app } from '@azure/functions';
import './slow-app';
import { report } from './text-app';

/** A function app for the tests of Service Bus triggers. Each function writes what it got to the log, as JSON. */

const connection = 'Bus';

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
