import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** What a part prints once it accepts connections. */
const port = z.number().optional();
const readyLine = z.object({ ready: z.literal(true), port, adminPort: port, blobPort: port, tablePort: port });
export type ReadyLine = z.infer<typeof readyLine>;

export interface ChildOptions {
  /** How messages call it. */
  readonly name: string;
  /** The compiled script that it runs. */
  readonly script: string;
  readonly args: readonly string[];
  /** Arguments for Node itself, such as `--inspect`. */
  readonly nodeArgs?: readonly string[] | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Takes each line of its log. */
  readonly log: (line: string) => void;
  /** Kills it when aborted; a start under way then rejects. */
  readonly signal?: AbortSignal | undefined;
  /** When aborted before it is ready, it is asked to end, and the start rejects once it has; later this does nothing. */
  readonly interrupt?: AbortSignal | undefined;
}

/** A running process that has said that it is ready. */
export interface Child {
  readonly pid: number;
  /** What it said, with the ports that it listens to. */
  readonly ready: ReadyLine;
  /** Resolves when the process has ended, with how it ended in words. */
  readonly exited: Promise<string>;
  /** Asks it to end, and kills it when it takes too long. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 15_000;

/** How many of the last lines of its log explain why a process did not start. */
const LINES_OF_REASON = 5;

/**
 * Starts a Node script as a child process and waits until it is ready. The child has a process group of its own, so that Ctrl-C reaches
 * only the supervisor, and a channel to it, so that it ends itself when the supervisor is gone. Rejects when it ends first or is not ready in 30 s.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, script, args, nodeArgs = [], env, log, signal, interrupt } = options;
  interrupt?.throwIfAborted();
  const child = spawn(process.execPath, ['--enable-source-maps', ...nodeArgs, script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
    env,
    killSignal: 'SIGKILL',
    ...(signal === undefined ? {} : { signal }),
  });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error(`${name} was started without its pipes`);
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, by) => resolve(by === null ? `exit code ${code}` : `signal ${by}`));
    child.on('error', (error) => {
      // Killed by `signal`: it will exit. Never spawned: it won't.
      if (child.pid === undefined) resolve(error.message);
    });
  });
  const lastLines: string[] = [];
  createInterface({ input: stderr }).on('line', (line) => {
    log(line);
    lastLines.push(line);
    if (lastLines.length > LINES_OF_REASON) lastLines.shift();
  });

  async function kill(): Promise<void> {
    child.kill('SIGKILL');
    await exited;
  }

  async function stop(): Promise<void> {
    const late = setTimeout(() => {
      log(`did not end within ${STOP_LIMIT_MS / 1000} s and is killed`);
      child.kill('SIGKILL');
    }, STOP_LIMIT_MS);
    child.kill('SIGTERM');
    await exited;
    clearTimeout(late);
  }

  const interrupted = (): void => void stop();
  interrupt?.addEventListener('abort', interrupted, { once: true });
  const firstLine = once(createInterface({ input: stdout }), 'line').then(([line]) => `${line}`);
  const failed = exited.then((how) => {
    throw new Error(`${name} did not start (${how})${lastLines.map((line) => `\n  ${line}`).join('')}`);
  });
  try {
    const line = await withLimit(
      Promise.race([firstLine, failed]),
      `${name} was not ready within ${START_LIMIT_MS / 1000} s`,
    );
    return { pid: child.pid ?? 0, ready: readyLine.parse(JSON.parse(line)), exited, stop, kill };
  } catch (error) {
    if (interrupt?.aborted === true) await exited;
    else await kill();
    throw error;
  } finally {
    interrupt?.removeEventListener('abort', interrupted);
  }
}

async function withLimit<T>(work: Promise<T>, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), START_LIMIT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
