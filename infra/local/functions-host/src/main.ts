import { Console } from 'node:console';
import { writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startHost } from './host';

/** How long a failed invocation has to give its message back before the process ends. */
const lastBreathMs = 1000;

const { values } = parseArgs({
  options: {
    app: { type: 'string', default: '.' },
    port: { type: 'string', default: '7071' },
    keys: { type: 'string', default: '.data/function-keys.json' },
  },
});

const stderr = 2;

// What the app prints belongs to the log; standard output carries only the line that says that the host is ready.
globalThis.console = new Console(process.stderr);

/** Ends the process at once, with what is still to be said. */
function fail(message: string): never {
  writeSync(stderr, `${message}\n`);
  process.exit(1);
}

process.on('uncaughtException', (error) =>
  fail(`The function app threw outside of any function: ${error.stack ?? error.message}`),
);

async function main(): Promise<void> {
  const host = await startHost({
    app: values.app,
    port: Number(values.port),
    keysFile: values.keys,
    env: process.env,
    sink: (lines) => process.stderr.write(lines),
    onFatal: (message) => setTimeout(() => fail(message), lastBreathMs),
  });

  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    host.stop().then(
      () => {
        host.log.flush();
        process.exit(0);
      },
      (error: unknown) => fail(`The host did not stop cleanly: ${String(error)}`),
    );
  };
  for (const event of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(event, stop);
  process.stdout.write(`${JSON.stringify({ ready: true, port: host.port })}\n`);
}

main().catch((error: unknown) =>
  fail(`The host did not start: ${error instanceof Error ? error.message : String(error)}`),
);
