import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type Settings, settingsSchema } from '#model/settings';
import { type Pace, type Sandbox, startSandbox } from '#sandbox';
import { PACKAGE } from './package';
import { Shopper } from './shopper';

const MAIN = join(PACKAGE, 'dist', 'src', 'main.js');

/** Fast, so that tests do not wait for rounds of work. */
const PACE: Pace = { billingMs: 5, pollMs: 5, rewriteMs: 5 };

export const newDataDir = (): string => mkdtempSync(join(tmpdir(), 'sandbox-'));
export const removeDataDir = (dataDir: string): void => rmSync(dataDir, { recursive: true, force: true });
export const journalOf = (dataDir: string): string => join(dataDir, 'journal.ndjson');

/** A sandbox in the test's own process. */
export class TestSandbox {
  readonly dataDir: string;
  readonly #sandbox: Sandbox;

  private constructor(sandbox: Sandbox, dataDir: string) {
    this.#sandbox = sandbox;
    this.dataDir = dataDir;
  }

  /** Delays are 0 unless the settings say otherwise; the data are in a new folder, or in one that a sandbox left. */
  static async start(
    settings: Partial<Settings> = {},
    { httpsPort, dataDir = newDataDir() }: { httpsPort?: number; dataDir?: string } = {},
  ): Promise<TestSandbox> {
    const commandLine = {
      port: 0,
      httpsPort,
      certificateUrl: undefined,
      recover: false,
      dataDir,
      settings: settingsSchema.parse({
        orderDelaySeconds: 0,
        listLagSeconds: 0,
        registrationDelaySeconds: 0,
        ...settings,
      }),
    };
    return new TestSandbox(await startSandbox(commandLine, PACE), dataDir);
  }

  get port(): number {
    return this.#sandbox.port;
  }

  get base(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get httpsPort(): number | undefined {
    return this.#sandbox.httpsPort;
  }

  shopper(customerId?: string): Shopper {
    return new Shopper(this.base, customerId);
  }

  /** Ends the sandbox and leaves its data, for the next one. */
  async close(): Promise<void> {
    await this.#sandbox.close();
  }

  /** Ends the sandbox and removes its data. */
  async stop(): Promise<void> {
    await this.close();
    removeDataDir(this.dataDir);
  }
}

/** A sandbox in a process of its own, for tests of what happens when a process ends. */
export interface SandboxProcess {
  readonly base: string;
  readonly process: ChildProcess;
  shopper(): Shopper;
  /** Ends the process (with SIGTERM by default) and waits for its end; the data stay. Resolves to its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

const readySchema = z.object({ ready: z.literal(true), port: z.number() });

/** Starts `main.js` on a free port and waits for its ready line. */
export async function startProcess(dataDir: string, options: ForkOptions = {}): Promise<SandboxProcess> {
  const child = fork(MAIN, ['--port', '0', '--data', dataDir, '--order-delay-seconds', '0'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    ...options,
  });
  if (!child.stdout) throw new Error('The process has no stdout');
  const [line] = z.tuple([z.instanceof(Buffer)]).parse(await once(child.stdout, 'data'));
  const base = `http://127.0.0.1:${readySchema.parse(JSON.parse(line.toString())).port}`;
  return {
    base,
    process: child,
    shopper: () => new Shopper(base),
    end: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
      return child.exitCode;
    },
  };
}
