import { readCommandLine } from './settings';
import { startSandbox } from './sandbox';

async function main(): Promise<void> {
  const sandbox = await startSandbox(readCommandLine(process.argv.slice(2)));
  const stop = (): void => void sandbox.close().then(() => process.exit(0), fail);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // A parent that spawned us with an IPC channel takes us with it when it goes.
  if (process.send) process.on('disconnect', stop);
  const { port, httpsPort } = sandbox;
  console.log(JSON.stringify({ ready: true, port, ...(httpsPort === undefined ? {} : { httpsPort }) }));
}

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

main().catch(fail);
