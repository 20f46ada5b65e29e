import { spawn } from 'node:child_process';
import { z } from 'zod';

const MAIN = require.resolve('#main');
const readySchema = z.object({ ready: z.literal(true), port: z.number(), adminPort: z.number() });

/** What is special about a broker in a process of its own. */
export interface ProcessOptions {
  /** A module that Node loads before the broker. */
  readonly require?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** The size that no file can outgrow, in kilobytes: a disk that is really full. */
  readonly fileLimit?: number;
}

/** A running broker, wherever it runs. */
export interface Running {
  readonly port: number;
  readonly adminPort: number;
  /** Lets it end well. */
  stop(): Promise<void>;
}

/** A running broker in a process of its own. */
export interface RunningProcess extends Running {
  /** Sends it a message, for the module that was loaded before it. */
  send(message: string): Promise<void>;
  /** Kills it by SIGKILL, and waits for its end. */
  kill(): Promise<void>;
  /** Waits until it has ended by itself. */
  ended(): Promise<void>;
}

/** Starts the broker's main program with these arguments; `log` gets what it writes to stderr. Rejects when it ends before it is ready. */
export async function spawnBroker(
  args: readonly string[],
  key: string,
  { require, env, fileLimit }: ProcessOptions,
  log: (text: string) => void,
): Promise<RunningProcess> {
  const command = [process.execPath, ...(require === undefined ? [] : ['--require', require]), MAIN, ...args];
  // The shell of POSIX counts in blocks of 512 bytes, and is replaced by the broker.
  const limited = fileLimit === undefined ? [] : ['sh', '-c', `ulimit -f ${fileLimit * 2} && exec "$0" "$@"`];
  const [file = '', ...rest] = [...limited, ...command];
  const child = spawn(file, rest, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, SERVICE_BUS_KEY: key, ...env },
  });
  const exited = new Promise<void>((fulfil) => child.once('exit', () => fulfil()));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await exited;
  };
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += `${chunk}`;
    log(`${chunk}`);
  });
  const line = await new Promise<string>((fulfil, reject) => {
    let output = '';
    child.stdout?.on('data', (chunk) => {
      output += `${chunk}`;
      if (output.includes('\n')) fulfil(output.slice(0, output.indexOf('\n')));
    });
    child.once('exit', () => reject(new Error(`the broker ended before it was ready: ${errors}`)));
  });
  const { port, adminPort } = readySchema.parse(JSON.parse(line));
  return {
    port,
    adminPort,
    send: (message) =>
      new Promise((fulfil, reject) => child.send(message, (error) => (error ? reject(error) : fulfil()))),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    ended: () => exited,
  };
}
