import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** A running script of the package, and what it has said so far. */
export interface RunningScript {
  readonly child: ChildProcess;
  /** Resolves with the exit code and the signal. */
  readonly exit: Promise<unknown[]>;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** Runs a compiled command of the package, such as `start`. Colours stay off whatever the terminal of the tests is. */
export function runScript(name: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): RunningScript {
  return runFile(resolve(__dirname, '..', '..', 'src', `${name}.js`), args, env);
}

/** Runs a script by its path. */
export function runFile(file: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): RunningScript {
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0', ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  return { child, exit: once(child, 'close'), stdout: () => stdout, stderr: () => stderr };
}

/** Flags that let every part take any free port. */
export const FREE_PORTS = ['functions', 'sandbox', 'broker', 'broker-admin', 'blob', 'table'].flatMap((name) => [
  `--${name}-port`,
  '0',
]);
