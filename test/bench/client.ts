import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { sumAmounts } from '#shared/domain/amount';
import { lineTotal, listInvoiceLineItems } from '#shared/partner-center/resources/line-items';
import { getOrder } from '#shared/partner-center/resources/orders';
import { createTokens } from '#shared/partner-center/auth/tokens';
import { createTransport } from '#shared/partner-center/http/create-transport';
import type { Transport } from '#shared/partner-center/http/transport';

/**
 * npm run bench:client [-- lines]
 * What the client costs: one order by id, next to a bare fetch of the same bytes in the same process and run; then the
 * memory for streaming the lines of a large invoice. Processor time is what counts: the clock depends on the neighbours.
 */

const CALLS = 3000;
const AT_ONCE = 16;
const ROUNDS = 5;
const LINES = Number(process.argv[2] ?? 1_000_000);

interface Cost {
  readonly perSecond: number;
  readonly microseconds: number;
}

async function measure(work: () => Promise<unknown>): Promise<Cost> {
  const before = process.cpuUsage();
  const start = performance.now();
  let started = 0;
  const worker = async () => {
    while (started < CALLS) {
      started += 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const { user, system } = process.cpuUsage(before);
  return { perSecond: (CALLS / (performance.now() - start)) * 1000, microseconds: (user + system) / CALLS };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function aCall() {
  return { requestId: randomUUID(), correlationId: randomUUID() };
}

function transportTo(origin: string): Transport {
  const tokens = createTokens({
    authorityHost: 'https://login.microsoftonline.com',
    authorityRoute: origin,
    tenantId: '11111111-1111-4111-8111-111111111111',
    audience: 'https://api.partnercenter.microsoft.com',
    clientId: '22222222-2222-4222-8222-222222222222',
    clientSecretName: 'secret',
    refreshTokenName: 'refresh',
    secrets: { get: () => Promise.resolve('bench'), set: () => Promise.resolve() },
  });
  const limits = { partnerPerMinute: Infinity, customerPerMinute: Infinity, customerConcurrency: AT_ONCE };
  return createTransport({ apiRoot: origin, tokens, applicationName: 'Cartage bench', limits });
}

async function compareCalls(origin: string, pc: Transport): Promise<void> {
  const url = `${origin}/v1/customers/c1/orders/o1`;
  const headers = { Authorization: `Bearer ${'x'.repeat(1500)}`, Accept: 'application/json' };
  const bareFetch = async () => (await fetch(url, { headers })).text();
  const client = () => getOrder(pc, 'c1', 'o1', {}, aCall());
  await measure(bareFetch);
  await measure(client);
  const bare: Cost[] = [];
  const ours: Cost[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await measure(bareFetch));
    ours.push(await measure(client));
  }
  const cost = (costs: readonly Cost[]) => median(costs.map(({ microseconds }) => microseconds));
  const speed = (costs: readonly Cost[]) => median(costs.map(({ perSecond }) => perSecond));
  console.log(
    `one order of ${(await bareFetch()).length} bytes, ${AT_ONCE} at once, median of ${ROUNDS} rounds of ${CALLS} calls`,
  );
  console.log(`  bare fetch   ${cost(bare).toFixed(0)} us of processor per call   ${speed(bare).toFixed(0)} calls/s`);
  console.log(`  client       ${cost(ours).toFixed(0)} us of processor per call   ${speed(ours).toFixed(0)} calls/s`);
  console.log(`  ratio        ${(cost(ours) / cost(bare)).toFixed(2)} (goal: at most 2)`);
}

async function streamLines(pc: Transport): Promise<void> {
  const before = process.cpuUsage();
  let lines = 0;
  let total = '0';
  let page: string[] = [];
  for await (const line of listInvoiceLineItems(pc, String(LINES), { kind: 'one_time' }, aCall())) {
    lines += 1;
    page.push(lineTotal(line)?.amount ?? '0');
    if (page.length === 2000) {
      total = sumAmounts([total, ...page]);
      page = [];
    }
  }
  total = sumAmounts([total, ...page]);
  const { user, system } = process.cpuUsage(before);
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(`${lines} line items streamed and added up: ${total} EUR`);
  console.log(`  ${((user + system) / lines).toFixed(1)} us of processor per line`);
  console.log(`  peak memory of the process ${peak.toFixed(0)} MB (goal: under 150)`);
}

async function startServer(): Promise<{ server: ChildProcess; origin: string }> {
  const server = fork(join(__dirname, 'client-server.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [port] = await once(server, 'message');
  return { server, origin: `http://127.0.0.1:${port}` };
}

async function main(): Promise<void> {
  const { server, origin } = await startServer();
  const pc = transportTo(origin);
  // First the lines: the peak of memory is the process's, and the fetches would raise it.
  await streamLines(pc);
  await compareCalls(origin, pc);
  server.disconnect();
}

void main();
