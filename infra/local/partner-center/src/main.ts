import { helpText, readCommandLine } from './command-line';
import { startSandbox } from './sandbox';

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    console.log(helpText());
    return;
  }
  const sandbox = await startSandbox(readCommandLine(process.argv.slice(2)));
  const stop = (): void => void sandbox.close().then(() => process.exit(0), fail);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const { port, httpsPort } = sandbox;
  // A parent that spawned us with an IPC channel takes us with it when it goes; a person is told where to look.
  if (process.send) process.on('disconnect', stop);
  else console.error(`Partner Center sandbox: http://127.0.0.1:${port}/`);
  console.log(JSON.stringify({ ready: true, port, ...(httpsPort === undefined ? {} : { httpsPort }) }));
}

function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

main().catch(fail);
