import { type CommandLine, readCommandLine, usage } from './command-line';
import { lockFolder } from './lock-folder';
import { type Sandbox, startSandbox } from './sandbox';

async function main(args: string[]): Promise<void> {
  if (args.includes('--help')) {
    console.log(usage());
    return;
  }
  const commandLine = commandLineOf(args);
  let sandbox: Sandbox | undefined;
  const stop = (): void =>
    void Promise.resolve(sandbox?.close()).then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  // From the first turn on: whoever started it may be gone while it still starts.
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (process.send) process.on('disconnect', stop);
  await lockFolder(commandLine.dataDir);
  sandbox = await startSandbox(commandLine);
  const { port, httpsPort } = sandbox;
  // A process that was forked ends with its parent; a person who started it by hand is shown where to look.
  if (!process.send) console.error(`Partner Center sandbox: http://127.0.0.1:${port}/`);
  console.log(JSON.stringify({ ready: true, port, httpsPort }));
}

function commandLineOf(args: string[]): CommandLine {
  try {
    return readCommandLine(args);
  } catch (error) {
    fail(error, 'Run "cartage-partner-center --help" for all options.');
  }
}

/** Ends the process with a plain message. */
function fail(error: unknown, hint?: string): never {
  console.error(error instanceof Error ? error.message : error);
  if (hint !== undefined) console.error(hint);
  process.exit(1);
}

main(process.argv.slice(2)).catch((error: unknown) => fail(error));
