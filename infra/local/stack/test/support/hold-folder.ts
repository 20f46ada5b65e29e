import { lockFolder } from '#lock-folder';

/** A process that locks a folder, says so, and holds it until it is ended. */

const [, , folder = ''] = process.argv;

lockFolder(folder).then(
  () => {
    process.stdout.write('held\n');
    setInterval(() => undefined, 60_000);
    return undefined;
  },
  (error: unknown) => {
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
