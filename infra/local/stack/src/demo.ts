import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { INTERRUPTED, onInterrupt } from './command-line/interrupt';
import { runCommand } from './command-line/run-command';
import { runDemo } from './demo/run-demo';
import { startStack } from './stack';
import { paintFor } from './text/paint';

const LIMIT_SECONDS = 90;

/** How many of the last lines of the parts are shown when the demo fails. */
const LINES_OF_REASON = 15;

/** `npm run demo`: everything is begun in a folder of its own, on free ports, and gone afterwards, however it ends. */
runCommand(
  {
    name: 'npm run demo',
    summary:
      'Starts everything on free ports, buys as a CRM and as an ERP system, fetches the invoices, checks it all, and stops.',
    flags: {},
  },
  async () => {
    const started = performance.now();
    const seconds = (): string => ((performance.now() - started) / 1000).toFixed(1);
    const dataDir = mkdtempSync(join(tmpdir(), 'cartage-demo-'));
    const parts = new AbortController();
    process.on('exit', () => {
      parts.abort();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    });
    onInterrupt(() => process.exit(INTERRUPTED));

    const log: string[] = [];
    try {
      say('Starting storage, Service Bus, the Partner Center sandbox and the Functions host ...');
      const stack = await startStack({
        dataDir,
        ports: 'free',
        signal: parts.signal,
        log: (origin, line) => log.push(`${origin.padEnd(8)}${line}`),
      });
      say(`Ready after ${seconds()} s.\n`);
      await withinLimit(runDemo({ stack, say, paint: paintFor(process.stdout, process.env) }));
      await stack.stop();
    } catch (error) {
      process.stderr.write(`${log.slice(-LINES_OF_REASON).join('\n')}\n\nThe demo failed. `);
      throw error;
    }
    say(`\nDone in ${seconds()} s. Everything was stopped and removed.`);
  },
);

async function withinLimit(work: Promise<void>): Promise<void> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`It was not over within ${LIMIT_SECONDS} s.`)), LIMIT_SECONDS * 1000).unref();
  });
  await Promise.race([work, late]);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
