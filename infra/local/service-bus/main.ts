import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import topology from '#topology';
import { AdminServer } from './admin';
import { Broker } from './broker';
import { parseConfig, readConfig } from './config';
import { AmqpServer } from './server';

/** The key of connection strings when SERVICE_BUS_KEY is not set. It opens nothing but a broker on 127.0.0.1. */
const DEVELOPMENT_KEY = 'local-development-key';

function log(line: string): void {
  console.error(`service-bus: ${line}`);
}

/** Starts the broker as its command line says, and prints one line of JSON when it accepts connections. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '5672' },
      'admin-port': { type: 'string', default: '5300' },
      data: { type: 'string', default: '.data/service-bus' },
      config: { type: 'string' },
      sync: { type: 'boolean', default: false },
      faults: { type: 'boolean', default: false },
    },
  });
  const definitions =
    values.config === undefined ? readConfig(topology) : parseConfig(readFileSync(values.config, 'utf8'));
  const broker = new Broker(values.data, values.sync, definitions, log);
  const key = { name: 'RootManageSharedAccessKey', key: process.env['SERVICE_BUS_KEY'] ?? DEVELOPMENT_KEY };
  const server = new AmqpServer(broker, key, log);
  const admin = new AdminServer(broker, server, key, values.faults);
  await broker.defined;
  const port = await server.listen(Number(values.port));
  const adminPort = await admin.listen(Number(values['admin-port']));

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
