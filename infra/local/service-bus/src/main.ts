import { readFileSync } from 'node:fs';
import { UsageError } from './command-line';
import { parseConfig } from './config/config';
import { lockFolder } from './lock-folder';
import { HELP, USAGE, readOptions } from './options';
import { type RunningBroker, startBroker } from './start-broker';

/** The key of connection strings when SERVICE_BUS_KEY is not set. It opens nothing but a broker on 127.0.0.1. */
const DEVELOPMENT_KEY = 'local-development-key';

function log(line: string): void {
  console.error(`service-bus: ${line}`);
}

/** Starts the broker as its command line says, and prints one line of JSON when it accepts connections. */
async function main(): Promise<void> {
  const { help, config, ...options } = readOptions(process.argv.slice(2));
  if (help) {
    console.log(HELP);
    return;
  }
  let broker: RunningBroker | undefined;
  const stop = (): void => {
    broker?.close();
    process.exit(0);
  };
  // From the first turn on: whoever started it may be gone while it still starts.
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (process.send) process.once('disconnect', stop);
  const definitions = config === undefined ? [] : parseConfig(readFileSync(config, 'utf8'));
  const key = process.env['SERVICE_BUS_KEY'] ?? DEVELOPMENT_KEY;
  await lockFolder(options.data);
  broker = await startBroker({ ...options, definitions, key, log });
  console.log(JSON.stringify({ ready: true, port: broker.port, adminPort: broker.adminPort }));
}

main().catch((error: unknown) => {
  log(error instanceof Error ? error.message : String(error));
  if (error instanceof UsageError) console.error(USAGE);
  process.exit(1);
});
