import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { AdminServer } from './admin/admin';
import { Broker } from './broker/broker';
import { AmqpServer } from './clients/server';
import { parseConfig } from './config/config';
import { listen } from './listen';
import { USAGE, readOptions } from './options';

/** The key of connection strings when SERVICE_BUS_KEY is not set. It opens nothing but a broker on 127.0.0.1. */
const DEVELOPMENT_KEY = 'local-development-key';

function log(line: string): void {
  console.error(`service-bus: ${line}`);
}

/** Starts the broker as its command line says, and prints one line of JSON when it accepts connections. */
async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const definitions = options.config === undefined ? [] : parseConfig(readFileSync(options.config, 'utf8'));
  // The ports come first: who finds them taken must not touch the data of the broker that has them.
  const amqpDoor = createServer();
  const httpDoor = createHttpServer();
  const port = await listen(amqpDoor, options.port);
  const adminPort = await listen(httpDoor, options['admin-port']);
  const { data: folder, sync, 'compact-above': compactAbove, faults } = options;
  const broker = new Broker({ folder, sync, compactAbove, log }, definitions);
  const key = { name: 'RootManageSharedAccessKey', key: process.env['SERVICE_BUS_KEY'] ?? DEVELOPMENT_KEY };
  const server = new AmqpServer(amqpDoor, broker, key, options['idle-time-out'], log);
  const admin = new AdminServer(httpDoor, broker, server, key, faults);
  await broker.defined;

  const stop = (): void => {
    server.close();
    admin.close();
    broker.close();
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (process.send) process.once('disconnect', stop);
  console.log(JSON.stringify({ ready: true, port, adminPort }));
}

main().catch((error: unknown) => {
  log(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
