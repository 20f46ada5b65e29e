import { app, output } from '@azure/functions';

/** Function apps that can't start, each for one reason. */

const handler = (): void => undefined;
const queue = { connection: 'Bus', queueName: 'texts', handler };

const WRONGS: Readonly<Record<string, () => void>> = {
  retry: () =>
    app.generic('a', {
      trigger: trigger(),
      handler,
      retry: { strategy: 'fixedDelay', maxRetryCount: 1, delayInterval: 1 },
    }),
  unknownTrigger: () => app.storageQueue('a', { connection: 'Bus', queueName: 'q', handler }),
  output: () =>
    app.serviceBusQueue('a', { ...queue, return: output.serviceBusQueue({ connection: 'Bus', queueName: 'b' }) }),
  route: () => app.http('a', { route: '{id:int32}', handler: () => ({}) }),
  schedule: () => app.timer('a', { schedule: 'often', handler }),
  never: () => app.timer('a', { schedule: '0 0 0 30 2 *', handler }),
  nothing: () => undefined,
  throws: () => {
    throw new Error('the app itself says so');
  },
  stream: () => {
    app.setup({ enableHttpStream: true });
    app.http('a', { handler: () => ({}) });
  },
};

const trigger = () => ({ type: 'serviceBusTrigger', name: 'message', connection: 'Bus', queueName: 'texts' });

WRONGS[process.env['WRONG'] ?? '']?.();
