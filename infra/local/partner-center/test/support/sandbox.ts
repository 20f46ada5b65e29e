import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type Sandbox, startSandbox } from '#sandbox';
import { type Settings, settingsSchema } from '#model/settings';
import { Shopper } from './shopper';

const main = resolve(__dirname, '..', 'src', 'main.js');

export const newDataDir = (): string => mkdtempSync(join(tmpdir(), 'sandbox-'));
export const removeDataDir = (dataDir: string): void => rmSync(dataDir, { recursive: true, force: true });

/** A sandbox in a process of its own. */
export interface Running {
  readonly base: string;
  readonly process: ChildProcess;
  /** Ends the process (SIGTERM unless told) and waits until it is gone; the data stay. Answers its exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `main.js` on a free port and waits for its ready line. */
export async function startProcess(
  dataDir: string,
  options: string[] = [],
  forkOptions: ForkOptions = {},
): Promise<Running> {
  const child = fork(main, ['--port', '0', '--data', dataDir, ...options], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    ...forkOptions,
  });
  if (!child.stdout) throw new Error('no stdout');
  const [line] = z.tuple([z.instanceof(Buffer)]).parse(await once(child.stdout, 'data'));
  const { port } = z.object({ ready: z.literal(true), port: z.number() }).parse(JSON.parse(line.toString()));
  return {
    base: `http://127.0.0.1:${port}`,
    process: child,
    end: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
      return child.exitCode;
    },
  };
}

/** A sandbox inside the test's own process, with its data in a folder that goes with it. */
export class TestSandbox {
  private constructor(
    private readonly sandbox: Sandbox,
    private readonly dataDir: string,
  ) {}

  /** Delays are 0 unless the settings say otherwise. */
  static async start(settings: Partial<Settings> = {}, more: { httpsPort?: number } = {}): Promise<TestSandbox> {
    const dataDir = newDataDir();
    const sandbox = await startSandbox({
      port: 0,
      httpsPort: more.httpsPort,
      certificateUrl: undefined,
      dataDir,
      settings: settingsSchema.parse({
        orderDelaySeconds: 0,
        listLagSeconds: 0,
        registrationDelaySeconds: 0,
        ...settings,
      }),
    });
    return new TestSandbox(sandbox, dataDir);
  }

  get base(): string {
    return `http://127.0.0.1:${this.sandbox.port}`;
  }

  get httpsPort(): number | undefined {
    return this.sandbox.httpsPort;
  }

  shopper(customerId?: string): Shopper {
    return new Shopper(this.base, customerId);
  }

  async stop(): Promise<void> {
    await this.sandbox.close();
    removeDataDir(this.dataDir);
  }
}

/** Waits until the condition holds; fails after ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('The condition never came true');
    await wait(10);
  }
}
