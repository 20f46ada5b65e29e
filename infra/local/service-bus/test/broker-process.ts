import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RetryOptions, ServiceBusClient } from '@azure/service-bus';
import { z } from 'zod';

const MAIN = join(__dirname, '../src/main.js');
const CONFIG = 'config.json';
const healthSchema = z.object({ connections: z.number(), rssBytes: z.number() });
const readySchema = z.object({ ready: z.literal(true), port: z.number(), adminPort: z.number() });
const countsSchema = z.record(
  z.string(),
  z.object({
    active: z.number(),
    locked: z.number(),
    scheduled: z.number(),
    deferred: z.number(),
    deadLetter: z.number(),
    totals: z.record(z.string(), z.number()),
  }),
);

/** The key every broker of the tests has. */
export const TEST_KEY = 'key-of-the-tests';

/** What one start of a broker is special in. */
export interface RunOptions {
  /** A module that Node loads before the broker. */
  require?: string;
  env?: NodeJS.ProcessEnv;
  /** More arguments. */
  args?: readonly string[];
  /** The size that no file can outgrow, in kilobytes: a disk that is really full. */
  fileLimit?: number;
}

/** What a test's broker is started with. */
export interface BrokerOptions {
  /** The topology, or the text of a config file; without it the project's own topology. */
  config?: unknown;
  args?: readonly string[];
  /** Whether faults may be ordered; they may unless this is false. */
  faults?: boolean;
  /** What its first start is special in. */
  run?: RunOptions;
}

/** A broker in its own process and folder, as the tests see it. */
export class BrokerProcess {
  private process: ChildProcess | undefined;
  private clients: ServiceBusClient[] = [];
  /** What the broker has logged. */
  log = '';
  port = 0;
  adminPort = 0;

  private constructor(
    readonly folder: string,
    private readonly args: readonly string[],
  ) {}

  /** Starts a broker on free ports and waits until it accepts connections. */
  static async start(options: BrokerOptions = {}): Promise<BrokerProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'cartage-broker-'));
    const args = ['--data', join(folder, 'data'), ...(options.args ?? [])];
    if (options.faults !== false) args.push('--faults');
    if (options.config !== undefined) args.push('--config', join(folder, CONFIG));
    const broker = new BrokerProcess(folder, args);
    if (options.config !== undefined) broker.configure(options.config);
    try {
      await broker.run(options.run);
    } catch (error) {
      await broker.dispose();
      throw error;
    }
    return broker;
  }

  /** Writes the configuration that its next start reads. */
  configure(config: unknown): void {
    writeFileSync(join(this.folder, CONFIG), typeof config === 'string' ? config : JSON.stringify(config));
  }

  /** Where the broker keeps its data. */
  get data(): string {
    return join(this.folder, 'data');
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  /** The connection string, with this key. */
  connectionString(key: string = TEST_KEY): string {
    return `Endpoint=sb://127.0.0.1:${this.port};SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=${key};UseDevelopmentEmulator=true`;
  }

  /** A client of the unmodified SDK, closed when the broker is disposed of. */
  client({ key, retryOptions }: { key?: string; retryOptions?: RetryOptions } = {}): ServiceBusClient {
    const client = new ServiceBusClient(this.connectionString(key), {
      retryOptions: retryOptions ?? { maxRetries: 3, retryDelayInMs: 100 },
    });
    this.clients.push(client);
    return client;
  }

  /** Orders faults of the broker. */
  async fault(order: object): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${this.adminPort}/faults`, {
      method: 'POST',
      body: JSON.stringify(order),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  /** The counts of an entity. */
  async counts(path: string): Promise<z.infer<typeof countsSchema>[string]> {
    const response = await fetch(`http://127.0.0.1:${this.adminPort}/counts`);
    const counts = countsSchema.parse(await response.json())[path];
    if (!counts) throw new Error(`no counts for ${path}`);
    return counts;
  }

  /** How many clients are connected, and the memory of the broker's process in bytes. */
  async health(): Promise<z.infer<typeof healthSchema>> {
    const response = await fetch(`http://127.0.0.1:${this.adminPort}/health`);
    return healthSchema.parse(await response.json());
  }

  /** Kills the broker as a crash would, and waits for its end. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Starts it again on the same data and, unless told otherwise, on the same ports. */
  async run({ require, env, args: more = [], fileLimit }: RunOptions = {}): Promise<void> {
    const ports = ['--port', String(this.port), '--admin-port', String(this.adminPort)];
    const command = [process.execPath, ...(require === undefined ? [] : ['--require', require]), MAIN];
    // The shell of POSIX counts in blocks of 512 bytes, and is replaced by the broker.
    const limited = fileLimit === undefined ? [] : ['sh', '-c', `ulimit -f ${fileLimit * 2} && exec "$0" "$@"`];
    const [file = '', ...args] = [...limited, ...command, ...ports, ...this.args, ...more];
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, SERVICE_BUS_KEY: TEST_KEY, ...env },
    });
    this.process = child;
    child.stderr?.on('data', (chunk) => (this.log += String(chunk)));
    const line = await firstLine(child);
    const ready = readySchema.parse(JSON.parse(line));
    this.port = ready.port;
    this.adminPort = ready.adminPort;
  }

  /** Waits until the broker has ended by itself. */
  async ended(): Promise<void> {
    const child = this.process;
    if (child && child.exitCode === null && child.signalCode === null)
      await new Promise((fulfil) => child.once('exit', fulfil));
  }

  /** Closes clients, stops the broker and removes its folder. */
  async dispose(): Promise<void> {
    await Promise.allSettled(this.clients.map((client) => client.close()));
    await this.end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((fulfil) => {
      child.once('exit', fulfil);
      child.kill(signal);
    });
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((fulfil, reject) => {
    let output = '';
    let errors = '';
    child.stderr?.on('data', (chunk) => (errors += String(chunk)));
    child.stdout?.on('data', (chunk) => {
      output += String(chunk);
      if (output.includes('\n')) fulfil(output.slice(0, output.indexOf('\n')));
    });
    child.once('exit', () => reject(new Error(`the broker ended before it was ready: ${errors}`)));
  });
}
