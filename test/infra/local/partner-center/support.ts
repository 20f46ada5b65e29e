import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const main = resolve('dist/infra/local/partner-center/main.js');

/** A sandbox in a process of its own, with its own data folder. */
export interface Running {
  readonly base: string;
  readonly dataDir: string;
  readonly process: ChildProcess;
  /** Ends the process (SIGTERM unless told) and waits until it is gone; the data stay. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

export const newDataDir = (): string => mkdtempSync(join(tmpdir(), 'sandbox-'));
export const removeDataDir = (dataDir: string): void => rmSync(dataDir, { recursive: true, force: true });

/** Starts `main.js` on a free port and waits for its ready line. */
export async function startProcess(dataDir: string, options: string[] = []): Promise<Running> {
  const child = fork(main, ['--port', '0', '--data', dataDir, ...options], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  if (!child.stdout) throw new Error('no stdout');
  const [line] = z.tuple([z.instanceof(Buffer)]).parse(await once(child.stdout, 'data'));
  const { port } = z.object({ ready: z.literal(true), port: z.number() }).parse(JSON.parse(line.toString()));
  return {
    base: `http://127.0.0.1:${String(port)}`,
    dataDir,
    process: child,
    end: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}
