/**
 * Measures the Service Bus broker with the unmodified SDK as client, 1 KB bodies, next to a bare rhea server that only accepts.
 * Rates depend on what else the machine does; processor time per message is the figure to compare.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { ServiceBusClient, type ServiceBusSender } from '@azure/service-bus';
import rhea from 'rhea';
import { z } from 'zod';

const MAIN = join(__dirname, '../../infra/local/service-bus/main.js');
const IN_FLIGHT = [1, 32, 256];
const BODY = { text: 'x'.repeat(1_000) };
const readySchema = z.object({ port: z.number(), adminPort: z.number() });
const healthSchema = z.object({ cpuMicroseconds: z.number(), rssBytes: z.number() });
const usageSchema = z.object({ user: z.number(), system: z.number() });

interface Running {
  child: ChildProcess;
  port: number;
  adminPort: number;
}

interface Row {
  workload: string;
  inFlight: number;
  messages: number;
  'msg/s': number;
  'broker µs': number;
  'client µs': number;
  'p50 ms': string;
  'p99 ms': string;
}

async function start(file: string, args: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const line = await new Promise<string>((fulfil, reject) => {
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout?.once('data', (chunk) => fulfil(String(chunk)));
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

/** Runs `work` and measures it: `work` returns the latency of every message in milliseconds. */
async function measure(
  broker: Running,
  workload: string,
  inFlight: number,
  work: () => Promise<number[]>,
): Promise<Row> {
  const before = await health(broker);
  const cpu = process.cpuUsage();
  const began = performance.now();
  const latencies = (await work()).toSorted((a, b) => a - b);
  const seconds = (performance.now() - began) / 1000;
  const used = process.cpuUsage(cpu);
  const after = await health(broker);
  const messages = latencies.length;
  return {
    workload,
    inFlight,
    messages,
    'msg/s': Math.round(messages / seconds),
    'broker µs': Math.round((after.cpuMicroseconds - before.cpuMicroseconds) / messages),
    'client µs': Math.round((used.user + used.system) / messages),
    'p50 ms': (latencies[Math.floor(messages * 0.5)] ?? 0).toFixed(2),
    'p99 ms': (latencies[Math.floor(messages * 0.99)] ?? 0).toFixed(2),
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

async function benchBroker(broker: Running): Promise<Row[]> {
  const rows: Row[] = [];
  const client = connect(broker);
  const sender = client.createSender('bench');
  const idle = (): void => undefined;
  await send(sender, 3_000, 32);
  await consume(client, 'bench', 3_000, 32, idle);
  for (const inFlight of IN_FLIGHT) {
    const total = inFlight === 1 ? 3_000 : 15_000;
    rows.push(await measure(broker, 'send', inFlight, () => send(sender, total, inFlight)));
    rows.push(
      await measure(broker, 'receive + complete', inFlight, () => consume(client, 'bench', total, inFlight, idle)),
    );
    const rounds = Math.round(total / 2);
    rows.push(
      await measure(broker, 'send, process, complete', inFlight, () => roundTrips(client, sender, rounds, inFlight)),
    );
  }
  await client.close();
  return rows;
}

async function benchSync(broker: Running): Promise<Row[]> {
  const rows: Row[] = [];
  const client = connect(broker);
  const sender = client.createSender('bench');
  for (const inFlight of IN_FLIGHT) {
    const total = inFlight === 1 ? 2_000 : 10_000;
    rows.push(await measure(broker, 'send, --sync', inFlight, () => send(sender, total, inFlight)));
  }
  await client.close();
  return rows;
}

/** A server that only accepts what it gets: the floor that the protocol library itself sets. */
function serveEcho(): void {
  const server = rhea.create_container().listen({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket) => socket.setNoDelay(true));
  server.on('listening', () => {
    const address = server.address();
    console.log(JSON.stringify({ port: typeof address === 'object' && address ? address.port : 0, adminPort: 0 }));
  });
  process.once('message', () => process.send?.(process.cpuUsage()));
  process.once('disconnect', () => process.exit(0));
}

/** Sends with a bare rhea client to the bare rhea server: one row per number in flight. */
async function benchEcho(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const inFlight of IN_FLIGHT) {
    const echo = await start(__filename, ['echo']);
    const total = inFlight === 1 ? 3_000 : 15_000;
    const cpu = process.cpuUsage();
    const began = performance.now();
    await sendBare(echo.port, total, inFlight);
    const seconds = (performance.now() - began) / 1000;
    const used = process.cpuUsage(cpu);
    const theirs = await new Promise<z.infer<typeof usageSchema>>((fulfil) => {
      echo.child.once('message', (usage) => fulfil(usageSchema.parse(usage)));
      echo.child.send('usage');
    });
    await stop(echo);
    rows.push({
      workload: 'bare rhea both ends, send',
      inFlight,
      messages: total,
      'msg/s': Math.round(total / seconds),
      'broker µs': Math.round((theirs.user + theirs.system) / total),
      'client µs': Math.round((used.user + used.system) / total),
      'p50 ms': '',
      'p99 ms': '',
    });
  }
  return rows;
}

function sendBare(port: number, total: number, inFlight: number): Promise<void> {
  return new Promise((fulfil) => {
    const connection = rhea.create_container().connect({ port, host: '127.0.0.1', reconnect: false });
    const sender = connection.open_sender('echo');
    const body: unknown = rhea.message.data_section(Buffer.from(JSON.stringify(BODY)));
    let sent = 0;
    let accepted = 0;
    const next = (): void => {
      while (sent < total && sent - accepted < inFlight && sender.sendable()) {
        sender.send({ body });
        sent++;
      }
    };
    sender.on('sendable', next);
    sender.on('accepted', () => {
      if (++accepted < total) return next();
      connection.close();
      fulfil();
    });
  });
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
  const folder = mkdtempSync(join(tmpdir(), 'cartage-bench-'));
  try {
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ queues: { bench: {}, full: {} } }));
    const args = ['--port', '0', '--admin-port', '0', '--data', join(folder, 'data'), '--config', config];
    const broker = await start(MAIN, args);
    const rows = await benchBroker(broker);
    await stop(broker);
    const synced = await start(MAIN, [...args, '--sync']);
    rows.push(...(await benchSync(synced)));
    await stop(synced);
    console.table([...rows, ...(await benchEcho())]);
    await benchStart(args, 100_000);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[2] === 'echo') serveEcho();
else
  main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
