import { parts } from '#parts';
import { startStack } from '#stack';

/** A process that starts a stack, prints the pids of its parts, and then does nothing: the tests kill it. */

const [, , dataDir = '', app = ''] = process.argv;

async function main(): Promise<void> {
  const stack = await startStack({ dataDir, app, ports: 'free', log: () => undefined });
  const pids = parts.map(({ part }) => stack.pid(part));
  process.stdout.write(`${JSON.stringify(pids)}\n`);
  setInterval(() => undefined, 60_000);
}

void main();
