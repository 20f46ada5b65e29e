/**
 * Measures the Service Bus broker with the unmodified SDK as client, 1 KB bodies, next to a bare rhea echo with the same client.
 * Rates depend on what else the machine does; processor time per message, and its ratio to the echo's, are the figures to compare.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ServiceBusClient, type ServiceBusSender } from '@azure/service-bus';
import { z } from 'zod';
import { UsageError, readCommandLine } from '#command-line';

const USAGE =
  'Usage: node dist/test/bench/bench.js [--quick]; --quick takes a tenth of the messages, to see that it works.';
const MAIN = require.resolve('#main');
const ECHO = require.resolve('#test/bench/rhea-echo');
/** What has to be known to read the ratios. */
const ECHO_NOTE = `The ratios are the broker's figures by the echo's. The echo is a bare rhea server in memory: no disk, no locks, no ids to remember, no counts, any token, one line for all addresses.
At 32 and 256 in flight the client settles neighbouring messages in one frame, on both sides.`;
const IN_FLIGHT = [1, 32, 256];
const BODY = { text: 'x'.repeat(1_000) };
const readySchema = z.object({ port: z.number(), adminPort: z.number() });
const healthSchema = z.object({ cpuMicroseconds: z.number(), rssBytes: z.number() });

interface Running {
  child: ChildProcess;
  port: number;
  adminPort: number;
}

/** One stretch of messages, measured. */
interface Sample {
  /** Of every message, milliseconds. */
  latencies: number[];
  seconds: number;
  /** Processor time, microseconds. */
  serverCpu: number;
  clientCpu: number;
}

interface Figures {
  messages: number;
  /** Messages a second. */
  rate: number;
  /** Processor time a message, microseconds. */
  serverMicros: number;
  clientMicros: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

/** Something to measure: it sends or receives `total` messages, so many of them in flight, and returns their latencies. */
interface Workload {
  name: string;
  /** For one, and for more in flight. */
  totals: [number, number];
  run: (side: Side, total: number, inFlight: number) => Promise<number[]>;
}

/** A server with a client of its own. */
interface Side {
  server: Running;
  client: ServiceBusClient;
  sender: ServiceBusSender;
}

async function start(file: string, args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const line = await new Promise<string>((fulfil, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout?.once('data', (chunk) => fulfil(`${chunk}`));
  });
  return { child, ...readySchema.parse(JSON.parse(line)) };
}

async function stop({ child }: Running): Promise<void> {
  await new Promise((fulfil) => {
    child.once('exit', fulfil);
    child.kill('SIGTERM');
  });
}

async function health({ adminPort }: Running): Promise<z.infer<typeof healthSchema>> {
  return healthSchema.parse(await (await fetch(`http://127.0.0.1:${adminPort}/health`)).json());
}

function connect({ port }: Running): ServiceBusClient {
  const key = 'SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=local-development-key';
  return new ServiceBusClient(`Endpoint=sb://127.0.0.1:${port};${key};UseDevelopmentEmulator=true`);
}

/** Runs `work` against a server and measures it: `work` returns the latency of every message in milliseconds. */
async function measure(server: Running, work: () => Promise<number[]>): Promise<Sample> {
  const before = await health(server);
  const cpu = process.cpuUsage();
  const began = performance.now();
  const latencies = await work();
  const seconds = (performance.now() - began) / 1000;
  const used = process.cpuUsage(cpu);
  const after = await health(server);
  const serverCpu = after.cpuMicroseconds - before.cpuMicroseconds;
  return { latencies, seconds, serverCpu, clientCpu: used.user + used.system };
}

function figuresOf(samples: readonly Sample[]): Figures {
  const latencies = samples.flatMap((sample) => sample.latencies).toSorted((a, b) => a - b);
  const messages = latencies.length;
  const sum = (key: 'seconds' | 'serverCpu' | 'clientCpu'): number =>
    samples.reduce((total, sample) => total + sample[key], 0);
  return {
    messages,
    rate: Math.round(messages / sum('seconds')),
    serverMicros: sum('serverCpu') / messages,
    clientMicros: sum('clientCpu') / messages,
    p50: latencies[Math.floor(messages * 0.5)] ?? 0,
    p99: latencies[Math.floor(messages * 0.99)] ?? 0,
  };
}

/** Sends `total` messages, `inFlight` at a time. */
async function send(sender: ServiceBusSender, total: number, inFlight: number): Promise<number[]> {
  const latencies: number[] = [];
  let left = total;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const began = performance.now();
      await sender.sendMessages({ body: BODY });
      latencies.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return latencies;
}

/** Receives and completes `total` messages of a queue, `inFlight` at a time, and calls `completed` after each. */
function consume(
  client: ServiceBusClient,
  queue: string,
  total: number,
  inFlight: number,
  completed: () => void,
): Promise<number[]> {
  return new Promise((fulfil, reject) => {
    const receiver = client.createReceiver(queue, { maxAutoLockRenewalDurationInMs: 0 });
    const latencies: number[] = [];
    receiver.subscribe(
      {
        processMessage: async (message) => {
          const began = performance.now();
          await receiver.completeMessage(message);
          latencies.push(performance.now() - began);
          completed();
          if (latencies.length === total) receiver.close().then(() => fulfil(latencies), reject);
        },
        processError: async ({ error }) => reject(error),
      },
      { maxConcurrentCalls: inFlight, autoCompleteMessages: false },
    );
  });
}

/** Keeps `inFlight` messages going round: every completed one is followed by the next. */
async function roundTrips(
  client: ServiceBusClient,
  sender: ServiceBusSender,
  total: number,
  inFlight: number,
): Promise<number[]> {
  let toSend = total - inFlight;
  const sends: Promise<void>[] = [];
  const consumed = consume(client, 'bench', total, inFlight, () => {
    if (toSend-- > 0) sends.push(sender.sendMessages({ body: BODY }));
  });
  await send(sender, inFlight, inFlight);
  const latencies = await consumed;
  await Promise.all(sends);
  return latencies;
}

const idle = (): void => undefined;
const workloads: Workload[] = [
  { name: 'send', totals: [1_500, 8_000], run: ({ sender }, total, inFlight) => send(sender, total, inFlight) },
  {
    name: 'receive + complete',
    totals: [1_500, 8_000],
    run: ({ client }, total, inFlight) => consume(client, 'bench', total, inFlight, idle),
  },
  {
    name: 'send, process, complete',
    totals: [750, 4_000],
    run: ({ client, sender }, total, inFlight) => roundTrips(client, sender, total, inFlight),
  },
];

function side(server: Running): Side {
  const client = connect(server);
  return { server, client, sender: client.createSender('bench') };
}

/** Every workload once, at so many in flight, with this share of its messages: a sample of each. */
async function round(side: Side, inFlight: number, share: number): Promise<Sample[]> {
  const samples = [];
  for (const { totals, run } of workloads) {
    const total = share * (inFlight === 1 ? totals[0] : totals[1]);
    samples.push(await measure(side.server, () => run(side, total, inFlight)));
  }
  return samples;
}

/** Every workload at every number in flight, on the broker and on the echo in turn. */
async function compare(broker: Side, echo: Side, share: number): Promise<Record<string, string | number>[]> {
  const rows = [];
  for (const inFlight of IN_FLIGHT) {
    const ours: Sample[][] = [];
    const theirs: Sample[][] = [];
    for (let turn = 0; turn < 3; turn++) {
      ours.push(await round(broker, inFlight, share));
      theirs.push(await round(echo, inFlight, share));
    }
    for (const [index, { name }] of workloads.entries()) {
      // The first turn is left out: the client is slow at what it does for the first time.
      const own = figuresOf(ours.slice(1).flatMap((samples) => samples[index] ?? []));
      const floor = figuresOf(theirs.slice(1).flatMap((samples) => samples[index] ?? []));
      rows.push({
        workload: name,
        'in flight': inFlight,
        ...shown(own),
        'echo msg/s': floor.rate,
        'echo µs': Math.round(floor.serverMicros),
        'echo client µs': Math.round(floor.clientMicros),
        'rate ratio': (own.rate / floor.rate).toFixed(2),
        'µs ratio': (own.serverMicros / floor.serverMicros).toFixed(2),
      });
    }
  }
  return rows;
}

/** Sends to a broker that waits for the disk; the echo has no disk to wait for. */
async function measureSync(broker: Side, share: number): Promise<Record<string, string | number>[]> {
  const rows = [];
  for (const inFlight of IN_FLIGHT) {
    const total = share * (inFlight === 1 ? 2_000 : 10_000);
    const figures = figuresOf([await measure(broker.server, () => send(broker.sender, total, inFlight))]);
    rows.push({ workload: 'send, --sync', 'in flight': inFlight, ...shown(figures) });
  }
  return rows;
}

function shown({ messages, rate, serverMicros, clientMicros, p50, p99 }: Figures): Record<string, string | number> {
  return {
    messages,
    'msg/s': rate,
    'broker µs': Math.round(serverMicros),
    'client µs': Math.round(clientMicros),
    'p50 ms': p50.toFixed(2),
    'p99 ms': p99.toFixed(2),
  };
}

/** Fills a queue, restarts the broker on it and reports how long it took and what memory it needs. */
async function benchStart(args: readonly string[], messages: number): Promise<void> {
  const first = await start(MAIN, args);
  const client = connect(first);
  const sender = client.createSender('full');
  for (let sent = 0; sent < messages; sent += 200) {
    const batch = await sender.createMessageBatch();
    for (let i = 0; i < 200; i++) batch.tryAddMessage({ body: BODY });
    await sender.sendMessages(batch);
  }
  await client.close();
  await stop(first);
  const began = performance.now();
  const second = await start(MAIN, args);
  const seconds = ((performance.now() - began) / 1000).toFixed(2);
  const { rssBytes } = await health(second);
  console.log(`start with ${messages} live messages: ${seconds} s, ${Math.round(rssBytes / 1_048_576)} MB resident`);
  await stop(second);
}

async function main(): Promise<void> {
  const options = { quick: { type: 'boolean', default: false } } as const;
  const { quick } = readCommandLine(process.argv.slice(2), options, z.object({ quick: z.boolean() }));
  const share = quick ? 0.1 : 1;
  const folder = mkdtempSync(join(tmpdir(), 'cartage-bench-'));
  try {
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ queues: { bench: {}, full: {} } }));
    const args = ['--port', '0', '--admin-port', '0', '--data', join(folder, 'data'), '--config', config];
    const broker = side(await start(MAIN, args));
    const echo = side(await start(ECHO, []));
    const rows = await compare(broker, echo, share);
    await Promise.all([close(broker), close(echo)]);
    const synced = side(await start(MAIN, [...args, '--sync']));
    rows.push(...(await measureSync(synced, share)));
    await close(synced);
    console.table(rows);
    console.log(ECHO_NOTE);
    await benchStart(args, share * 100_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function close({ client, server }: Side): Promise<void> {
  await client.close();
  await stop(server);
}

main().catch((error: unknown) => {
  console.error(error instanceof UsageError ? `${error.message}\n${USAGE}` : error);
  process.exitCode = 1;
});
