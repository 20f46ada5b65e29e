import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import topology from '#topology';
import { AdminServer } from './admin';
import { Broker } from './broker';
import { parseConfig, readConfig } from './config';
import { listen } from './listen';
import { AmqpServer } from './server';

/** The key of connection strings when SERVICE_BUS_KEY is not set. It opens nothing but a broker on 127.0.0.1. */
const DEVELOPMENT_KEY = 'local-development-key';

const USAGE = `node main.js [--port 5672] [--admin-port 5300] [--data .data/service-bus] [--config FILE] [--sync] [--faults]
  --port        AMQP; 0 takes a free port
  --admin-port  HTTP; 0 takes a free port
  --data        where the journal lives
  --config      entities, instead of the project's topology
  --sync        acknowledge only after fdatasync
  --faults      allow POST /faults`;

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
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const definitions =
    values.config === undefined ? readConfig(topology) : parseConfig(readFileSync(values.config, 'utf8'));
  // The ports come first: who finds them taken must not touch the data of the broker that has them.
  const amqpDoor = createServer();
  const httpDoor = createHttpServer();
  const port = await listen(amqpDoor, Number(values.port));
  const adminPort = await listen(httpDoor, Number(values['admin-port']));
  const broker = new Broker(values.data, values.sync, definitions, log);
  const key = { name: 'RootManageSharedAccessKey', key: process.env['SERVICE_BUS_KEY'] ?? DEVELOPMENT_KEY };
  const server = new AmqpServer(amqpDoor, broker, key, log);
  const admin = new AdminServer(httpDoor, broker, server, key, values.faults);
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
