import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type RetryOptions, ServiceBusClient } from '@azure/service-bus';
import { z } from 'zod';
import { parseConfig } from '#config/config';
import { startBroker } from '#start-broker';
import { type ProcessOptions, type Running, type RunningProcess, spawnBroker } from './broker-process';

const MEGABYTE = 1024 * 1024;
const CONFIG = 'config.json';
const healthSchema = z.object({ connections: z.number(), rssBytes: z.number() });
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

/** The key of every broker in the tests. */
export const TEST_KEY = 'key-of-the-tests';

/** What may differ from one run of a broker to the next. */
export interface RunOptions {
  readonly sync?: boolean;
  /** Megabytes. */
  readonly compactAbove?: number;
  /** Seconds; a process takes whole ones only. */
  readonly idleTimeOut?: number;
  readonly recover?: boolean;
  /** Runs it in a process of its own: one to kill, to measure, or to change. */
  readonly process?: ProcessOptions;
}

/** How a broker is started for the first time; its later runs are in a process of their own if this one is. */
interface TestBrokerOptions extends RunOptions {
  /** The topology, or the text of a configuration file; without it there are no entities. */
  readonly config?: unknown;
  /** Whether faults are allowed; they are unless this is false. */
  readonly faults?: boolean;
}

/** A broker with a folder of its own, as the tests see it: in the process of the test, or in one of its own. */
export class TestBroker {
  readonly #options: TestBrokerOptions;
  #running: Running | undefined;
  #process: RunningProcess | undefined;
  readonly #clients: ServiceBusClient[] = [];
  #config: string | undefined;
  #runs = 0;
  readonly folder: string;
  /** Where the broker keeps its data. */
  data: string;
  /** What the broker has logged. */
  log = '';
  port = 0;
  adminPort = 0;

  private constructor(folder: string, options: TestBrokerOptions) {
    this.folder = folder;
    this.data = join(folder, 'data');
    this.#options = options;
    if (options.config !== undefined) this.configure(options.config);
  }

  /** Starts a broker on free ports and waits until it accepts connections. */
  static async start(options: TestBrokerOptions = {}): Promise<TestBroker> {
    const broker = new TestBroker(mkdtempSync(join(tmpdir(), 'cartage-broker-')), options);
    try {
      await broker.run(options);
    } catch (error) {
      await broker.dispose();
      throw error;
    }
    return broker;
  }

  /** Sets the configuration that its next run reads. */
  configure(config: unknown): void {
    this.#config = typeof config === 'string' ? config : JSON.stringify(config);
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
    this.#clients.push(client);
    return client;
  }

  /** Sets faults of the broker. */
  async fault(faults: object): Promise<void> {
    await this.#ask('POST', '/faults', JSON.stringify(faults));
  }

  /** The counts of an entity. */
  async counts(path: string): Promise<z.infer<typeof countsSchema>[string]> {
    const counts = countsSchema.parse(await this.#ask('GET', '/counts'))[path];
    if (!counts) throw new Error(`no counts for ${path}`);
    return counts;
  }

  /** How many clients are connected, and the memory of the process it runs in, bytes. */
  async health(): Promise<z.infer<typeof healthSchema>> {
    return healthSchema.parse(await this.#ask('GET', '/health'));
  }

  /**
   * Ends the broker as a crash would: the next run finds what is on the disk at this moment. A process is killed. In the process of the
   * test the data are copied as they are, and whatever the old broker still writes while it closes goes to the copy's original.
   */
  async kill(): Promise<void> {
    if (this.#process) {
      await this.#process.kill();
    } else if (this.#running) {
      const next = join(this.folder, `data-${this.#runs}`);
      cpSync(this.data, next, { recursive: true });
      this.data = next;
      await this.#running.stop();
    }
    this.#running = undefined;
    this.#process = undefined;
  }

  /** Starts it again on the same data and on the same ports, as at first but for what `options` say. */
  async run(options: RunOptions = {}): Promise<void> {
    this.#runs++;
    const separate = options.process ?? (this.#options.process && {});
    const run = { ...this.#options, ...options };
    if (separate) this.#running = this.#process = await this.#runProcess(run, separate);
    else this.#running = await this.#runHere(run);
    this.port = this.#running.port;
    this.adminPort = this.#running.adminPort;
  }

  /** Sends a message to the module that was loaded into the broker's process. */
  async send(message: string): Promise<void> {
    await this.#process?.send(message);
  }

  /** Waits until the broker's process has ended by itself. */
  async ended(): Promise<void> {
    await this.#process?.ended();
  }

  /** Closes clients, stops the broker and removes its folder. */
  async dispose(): Promise<void> {
    await Promise.allSettled(this.#clients.map((client) => client.close()));
    await this.#running?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Asks the admin port, over a connection of its own: one that is kept might still lead to an earlier run. */
  #ask(method: string, path: string, body = ''): Promise<unknown> {
    return new Promise((fulfil, reject) => {
      const request = httpRequest(
        { host: '127.0.0.1', port: this.adminPort, agent: false, method, path },
        (response) => {
          text(response).then(
            (answer) => (response.statusCode === 200 ? fulfil(JSON.parse(answer)) : reject(new Error(answer))),
            reject,
          );
        },
      );
      request.once('error', reject);
      request.end(body);
    });
  }

  async #runHere({ sync = false, compactAbove = 64, idleTimeOut = 60, recover = false }: RunOptions): Promise<Running> {
    const broker = await startBroker({
      port: this.port,
      adminPort: this.adminPort,
      data: this.data,
      definitions: this.#config === undefined ? [] : parseConfig(this.#config),
      sync,
      compactAbove: compactAbove * MEGABYTE,
      recover,
      idleTimeOut: idleTimeOut * 1_000,
      faults: this.#options.faults !== false,
      key: TEST_KEY,
      log: (line) => (this.log += `${line}\n`),
    });
    return { port: broker.port, adminPort: broker.adminPort, stop: async () => broker.close() };
  }

  async #runProcess(
    { sync, compactAbove, idleTimeOut, recover }: RunOptions,
    separate: ProcessOptions,
  ): Promise<RunningProcess> {
    const args = ['--port', `${this.port}`, '--admin-port', `${this.adminPort}`, '--data', this.data];
    if (this.#options.faults !== false) args.push('--faults');
    if (sync) args.push('--sync');
    if (recover === true) args.push('--recover');
    if (compactAbove !== undefined) args.push('--compact-above', `${compactAbove}`);
    if (idleTimeOut !== undefined) args.push('--idle-time-out', `${idleTimeOut}`);
    if (this.#config !== undefined) {
      const file = join(this.folder, CONFIG);
      writeFileSync(file, this.#config);
      args.push('--config', file);
    }
    return spawnBroker(args, TEST_KEY, separate, (text) => (this.log += text));
  }
}
