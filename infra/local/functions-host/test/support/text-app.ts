import { app, type InvocationContext } from '@azure/functions';

/** A function app with one function, which writes its message and the metadata of it to the log, as JSON. */

export const report = (message: unknown, context: InvocationContext): void =>
  context.log(JSON.stringify({ message, isBuffer: Buffer.isBuffer(message), metadata: context.triggerMetadata }));

app.serviceBusQueue('text', { connection: 'Bus', queueName: '%TextQueue%', handler: report });
