import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { z } from 'zod';
import { startChild, type Child } from '@cartage/stack/child';

const TOPOLOGY = {
  queueDefaults: { lockDuration: 'PT1M', maxDeliveryCount: 3, defaultMessageTimeToLive: 'P1D' },
  queues: {
    texts: {},
    bytes: {},
    batches: {},
    failing: {},
    mixed: { maxDeliveryCount: 1 },
    'short-locks': { lockDuration: 'PT5S' },
    limited: {},
    stopping: {},
    'timed-out': { maxDeliveryCount: 1 },
  },
  topics: { news: { subscriptions: { all: { rules: {} } } } },
  subscriptionDefaults: { lockDuration: 'PT1M', maxDeliveryCount: 3, defaultMessageTimeToLive: 'P1D' },
  tables: [],
  containers: [],
};

const counts = z.record(z.string(), z.record(z.string(), z.unknown()));

/** A broker with the queues of the test apps. */
export interface TestBroker {
  readonly connection: string;
  readonly port: number;
  send(entity: string, ...messages: { body: unknown; [name: string]: unknown }[]): Promise<void>;
  counts(): Promise<Record<string, Record<string, unknown>>>;
  /** Kills the broker as a crash would, and starts it again on the same port. */
  crash(): Promise<{ restart(): Promise<void> }>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startBroker(): Promise<TestBroker> {
  const directory = mkdtempSync(join(tmpdir(), 'cartage-broker-'));
  const config = join(directory, 'topology.json');
  writeFileSync(config, JSON.stringify(TOPOLOGY));
  const start = (port: number): Promise<Child> =>
    startChild({
      name: 'broker',
      script: require.resolve('@cartage/service-bus/main'),
      args: ['--port', `${port}`, '--admin-port', '0', '--data', join(directory, 'data'), '--config', config],
      env: process.env,
      log: () => undefined,
    });
  let child = await start(0);
  const port = child.ready.port ?? 0;
  const connection = `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=local-development-key;UseDevelopmentEmulator=true`;
  const client = new ServiceBusClient(connection, { retryOptions: { retryDelayInMs: 200 } });
  return {
    connection,
    port,
    async send(entity, ...messages) {
      const sender = client.createSender(entity);
      await sender.sendMessages(messages);
      await sender.close();
    },
    async counts() {
      return counts.parse(await (await fetch(`http://127.0.0.1:${child.ready.adminPort ?? 0}/counts`)).json());
    },
    async crash() {
      await child.kill();
      return {
        restart: async () => {
          child = await start(port);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await client.close();
      await child.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
