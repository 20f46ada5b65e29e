import { Console } from 'node:console';
import { writeSync } from 'node:fs';
import { checkAppFolder } from '#command/app-folder';
import { readCommand, type Command } from '#command/read-command';
import { errorDetails, errorMessage } from '#log/describe-error';
import type { Host } from './host';

const STDERR = 2;

/** Ends the process at once with a message. */
function fail(message: string): never {
  writeSync(STDERR, `${message}\n`);
  process.exit(1);
}

function main(command: Command): void {
  switch (command.kind) {
    case 'help':
      return void process.stdout.write(command.text);
    case 'invalid':
      return fail(command.message);
    case 'run':
      run(command).catch((error: unknown) => fail(`The host did not start: ${errorMessage(error)}`));
  }
}

/** Runs the host until it is asked to stop: by a signal, or by the end of the process that started it. */
async function run({ app, port, keysFile }: Extract<Command, { kind: 'run' }>): Promise<void> {
  checkAppFolder(app);
  let host: Host | undefined;
  let isStopping = false;
  async function stop(): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    try {
      await host?.stop();
      process.exit(0);
    } catch (error) {
      fail(`The host did not stop cleanly: ${errorMessage(error)}`);
    }
  }
  // From the first turn on: whoever started it may be gone while it still starts.
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(event, () => void stop());
  process.setSourceMapsEnabled(true); // stack traces name the lines of the app's TypeScript
  const { startHost } = await import('#host'); // after the checks, which then answer at once
  // What the app prints belongs to the log; standard output carries only the line that says that the host is ready.
  globalThis.console = new Console(process.stderr);
  process.on('uncaughtException', (error) =>
    fail(`The function app threw outside of any function: ${errorDetails(error)}`),
  );
  host = await startHost({
    app,
    port,
    keysFile,
    env: process.env,
    sink: (lines) => process.stderr.write(lines),
    onFatal: fail,
  });
  process.stdout.write(`${JSON.stringify({ ready: true, port: host.port })}\n`);
}

main(readCommand(process.argv.slice(2)));
