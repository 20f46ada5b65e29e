import { existsSync } from 'node:fs';
import { app } from '@azure/functions';

/** A function app for the tests of the stack: HTTP, and one of the queues of the topology. */

app.http('ping', { authLevel: 'anonymous', handler: () => ({ body: `pong from ${process.pid}` }) });
app.http('settings', {
  authLevel: 'anonymous',
  handler: () => ({ jsonBody: { api: process.env['PARTNER_CENTER_API_ROOT'] } }),
});
app.serviceBusQueue('hear', {
  connection: 'ServiceBusConnection',
  queueName: 'unprocessable-messages',
  handler: (message, context) => context.log(`heard ${JSON.stringify(message)}`),
});
// A test makes this file when the app is to die whenever it starts.
if (existsSync(process.env['DIES_IF_EXISTS'] ?? '')) process.exit(3);
