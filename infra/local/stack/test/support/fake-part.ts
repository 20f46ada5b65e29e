import { existsSync } from 'node:fs';

/** A part that does nothing: it says that it is ready, and ends when it is asked to. It can't start while the file of its argument exists. */

const [, , poison = ''] = process.argv;

if (existsSync(poison)) {
  process.stderr.write('poisoned\n');
  process.exit(3);
}
process.on('SIGTERM', () => {
  process.stderr.write('a clean end\n');
  process.exit(0);
});
process.on('disconnect', () => process.exit(0));
process.stdout.write('{"ready":true}\n');
