import { readCommandLine } from './settings';
import { startSandbox } from './sandbox';

const sandbox = startSandbox(readCommandLine(process.argv.slice(2)));

function stop(): void {
  sandbox.close().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
// A parent that spawned us with an IPC channel takes us with it when it goes.
if (process.send) process.on('disconnect', stop);

sandbox.ready.then(
  (port) => console.log(JSON.stringify({ ready: true, port })),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
