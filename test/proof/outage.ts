import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ServiceBusClient } from '@azure/service-bus';
import { postPurchase, readPurchase, sendErpOrder, type PurchaseView } from '@cartage/stack/client';
import { readCounts, readLedger } from '@cartage/stack/instruments';
import { developmentRequesters } from '@cartage/stack/settings';
import { startStack, type Stack } from '@cartage/stack/stack';
import topology from '#topology';
import { purchaseIdOf } from '#shared/domain/ids';
import { aRequest } from '#test/support/builders';
import { freePort } from '#test/support/free-port';
import { startGate, type Gate } from '#test/support/gate';
import { Machine } from '#test/support/machine';
import { withNewTokens } from '#test/support/new-tokens';
import { oneLine } from '#test/support/requests';
import { startTestSandbox } from '#test/support/sandbox';

/**
 * `npm run proof:outage`: the local stack, five purchases a second, and one dependency after the other away for 90 seconds (`-- --seconds 8`
 * for fewer, `-- --only bus` for one). Pauses, leases and locks are a twentieth of what they are, so 90 seconds stand for half an hour.
 * Every purchase must be completed in the end: none held, none twice, none lost. Exit code 1 otherwise.
 *
 * Storage is cut off by a gate and not killed, since Azurite forgets its last seconds when it is killed. Key Vault speaks https only, to
 * an identity: in its place a secret store in memory fails, with a clock that jumps.
 */

const { values: flags } = parseArgs({
  options: { seconds: { type: 'string', default: '90' }, only: { type: 'string' }, log: { type: 'string' } },
});
const AWAY_SECONDS = Number(flags.seconds);
const PER_SECOND = 5;
/** One in so many comes from the ERP. */
const ERP_SHARE = 5;
/** How long after the outage everything must be over. */
const LIMIT_SECONDS = 60 + 2 * AWAY_SECONDS;

const item = oneLine('CFQ7TTC0LH18', '0001', { termDuration: 'P1Y', billingCycle: 'monthly' });
const wish = JSON.stringify(item);

const environment = {
  OUTAGE_PAUSES_SECONDS: '1,1,1,2,4,8,15',
  CHECKOUT_TIMEOUT_SECONDS: '9',
  WATCHDOG_SECONDS: '30',
  TRACKING_INTERVALS_SECONDS: '1,1,2,3,6,15',
  PARTNER_CENTER_CALLS_PER_MINUTE: '10000000',
  PARTNER_CENTER_CALLS_PER_MINUTE_AND_CUSTOMER: '10000000',
  InvoiceSchedule: '0 0 0 1 1 *',
  AzureFunctionsJobHost__logging__logLevel__default: 'Warning',
};

/** The stack, and its storage behind a gate that can be closed. */
interface Scene {
  readonly stack: Stack;
  readonly gates: readonly Gate[];
}

interface Dependency {
  readonly name: string;
  takeAway(scene: Scene): Promise<void>;
  giveBack(scene: Scene): Promise<void>;
}

const dependencies: readonly Dependency[] = [
  {
    name: 'storage',
    takeAway: async ({ gates }) => gates.forEach((gate) => gate.close()),
    giveBack: async ({ gates }) => gates.forEach((gate) => gate.open()),
  },
  {
    name: 'bus',
    takeAway: ({ stack }) => stack.kill('broker'),
    giveBack: ({ stack }) => stack.restart('broker'),
  },
  {
    name: 'sign-in',
    takeAway: ({ stack }) =>
      control(stack, 'POST', { kind: 'error', route: ['tokenV2', 'discovery', 'instance'], status: 503, times: 1e6 }),
    giveBack: ({ stack }) => control(stack, 'DELETE'),
  },
  {
    name: 'partner-center',
    takeAway: ({ stack }) => stack.kill('sandbox'),
    giveBack: ({ stack }) => stack.restart('sandbox'),
  },
];

async function control({ sandboxUrl }: Stack, method: string, body?: unknown): Promise<void> {
  const answer = await fetch(`${sandboxUrl}/sandbox/faults`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}`);
}

/** What came of the purchases around one outage. */
interface Count {
  readonly asked: number;
  readonly completed: number;
  readonly held: number;
  readonly other: number;
  readonly twice: number;
  readonly lost: number;
  readonly unprocessable: number;
  /** How often an entry point said "come again". */
  readonly refused: number;
  /** How often it said anything else than that or yes. */
  readonly wrong: number;
}

async function main(): Promise<void> {
  const chosen = (name: string) => flags.only === undefined || flags.only === name;
  let isRight = true;
  if (dependencies.some(({ name }) => chosen(name))) {
    await withStack(async (scene) => {
      for (const dependency of dependencies.filter(({ name }) => chosen(name)))
        isRight = tell(dependency.name, AWAY_SECONDS, await withoutDependency(dependency, scene)) && isRight;
    });
  }
  if (chosen('key-vault')) isRight = tell('key-vault', 20 * AWAY_SECONDS, await withoutVault()) && isRight;
  if (!isRight) process.exitCode = 1;
}

function tell(name: string, seconds: number, count: Count): boolean {
  const { asked, completed, held, other, twice, lost, unprocessable, wrong } = count;
  const isRight =
    completed === asked && [held, other, twice, lost, unprocessable, wrong].every((number) => number === 0);
  const counts = Object.entries(count).map(([what, number]) => `${number} ${what}`);
  console.log(`${isRight ? 'ok   ' : 'WRONG'} ${name}, ${seconds} s away: ${counts.join(', ')}`);
  return isRight;
}

async function withStack(work: (scene: Scene) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cartage-outage-'));
  const [blob, table] = [await freePort(), await freePort()];
  const gates = [await startGate(blob), await startGate(table)] as const;
  const log: string[] = [];
  const config = join(dataDir, 'topology.json');
  const queueDefaults = { ...topology.queueDefaults, lockDuration: 'PT5S' };
  writeFileSync(config, JSON.stringify({ ...topology, queueDefaults }));
  const stack = await startStack({
    dataDir,
    ports: { functions: 0, sandbox: 0, broker: 0, brokerAdmin: 0, blob, table },
    log: (part, line) => log.push(`${part}| ${line}`),
    brokerArgs: ['--config', config],
    sandboxArgs: ['--order-delay-seconds', '1', '--list-lag-seconds', '2', '--token-life-seconds', '4'],
    env: { ...environment, StorageConnection: storageConnection(gates[0].port, gates[1].port) },
  });
  try {
    await work({ stack, gates });
  } finally {
    await stack.stop();
    await Promise.all(gates.map((gate) => gate.stop()));
    if (flags.log !== undefined) writeFileSync(flags.log, log.join('\n'));
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** The account and key of every Azurite, both public. */
function storageConnection(blob: number, table: number): string {
  const account =
    'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
  const endpoint = (port: number) => `http://127.0.0.1:${port}/devstoreaccount1`;
  return `${account};BlobEndpoint=${endpoint(blob)};TableEndpoint=${endpoint(table)}`;
}

/** Purchases before, during and after an outage, and what came of them. */
async function withoutDependency(dependency: Dependency, scene: Scene): Promise<Count> {
  const { stack } = scene;
  const bus = new ServiceBusClient(stack.serviceBusConnection);
  const ordersBefore = (await readLedger(stack)).length;
  const askers: Promise<Asked>[] = [];
  const ask = async (seconds: number) => {
    for (let at = 0; at < seconds * PER_SECOND; at++) {
      askers.push(askers.length % ERP_SHARE === 0 ? askAsErp(bus) : askAsCrm(stack));
      await sleep(1000 / PER_SECOND);
    }
  };
  await ask(2);
  await dependency.takeAway(scene);
  await ask(AWAY_SECONDS);
  await dependency.giveBack(scene);
  await ask(1);
  const limit = performance.now() + LIMIT_SECONDS * 1000;
  const asked = await Promise.all(askers);
  const views = await endings(stack, asked, limit);
  const ledger = await readLedger(stack);
  await bus.close();
  return {
    asked: asked.length,
    ...statuses(views),
    lost: asked.length - views.length,
    twice:
      ledger.length - ordersBefore - new Set(views.flatMap(({ orders = [] }) => orders.map((o) => o.orderId))).size,
    unprocessable: await countUnprocessable(stack),
    refused: asked.reduce((sum, { refused }) => sum + refused, 0),
    wrong: asked.reduce((sum, { wrong }) => sum + wrong, 0),
  };
}

interface Asked {
  readonly purchaseId: string;
  readonly readKey: string;
  readonly refused: number;
  readonly wrong: number;
}

/** A CRM that sends again, under the same id, until its request is accepted. */
async function askAsCrm({ functionsUrl }: Stack): Promise<Asked> {
  const { id, signingSecret, readKey } = developmentRequesters.crm;
  const requestId = randomUUID();
  let wrong = 0;
  for (let refused = 0; ; refused++) {
    const answer = await postPurchase({ functionsUrl, signingSecret, readKey }, requestId, wish).catch(() => undefined);
    if (answer?.status === 202) return { purchaseId: purchaseIdOf(id, requestId), readKey, refused, wrong };
    const retryAfter = Number(answer?.headers.get('retry-after'));
    if (!isComeAgain(answer)) wrong++;
    await sleep(((retryAfter || 10) * 1000) / 4);
  }
}

/** 503, as problem+json, with a time to come again. */
function isComeAgain(answer: Response | undefined): boolean {
  return (
    answer?.status === 503 &&
    answer.headers.get('content-type') === 'application/problem+json' &&
    Number(answer.headers.get('retry-after')) > 0
  );
}

/** An ERP that puts its order on the queue once that can be reached. */
async function askAsErp(bus: ServiceBusClient): Promise<Asked> {
  const { id, signingSecret, readKey } = developmentRequesters.erp;
  const requestId = randomUUID();
  for (let refused = 0; ; refused++) {
    const sent = await sendErpOrder(bus, signingSecret, requestId, wish).then(
      () => true,
      () => false,
    );
    if (sent) return { purchaseId: purchaseIdOf(id, requestId), readKey, refused, wrong: 0 };
    await sleep(1000);
  }
}

/** Every purchase that can be read, once all are over or held or the time is up. */
async function endings({ functionsUrl }: Stack, asked: readonly Asked[], limit: number): Promise<PurchaseView[]> {
  const views = new Map<string, PurchaseView>();
  const isOver = ({ purchaseId }: Asked) => (views.get(purchaseId)?.status ?? 'open') !== 'open';
  for (;;) {
    for (const one of asked.filter((each) => !isOver(each))) {
      const view = await readPurchase({ functionsUrl, readKey: one.readKey }, one.purchaseId).catch(() => undefined);
      if (view) views.set(one.purchaseId, view);
    }
    if (asked.every(isOver) || performance.now() > limit) return [...views.values()];
    await sleep(500);
  }
}

function statuses(views: readonly Pick<PurchaseView, 'status'>[]): Pick<Count, 'completed' | 'held' | 'other'> {
  const completed = views.filter(({ status }) => status === 'completed').length;
  const held = views.filter(({ status }) => status === 'held').length;
  return { completed, held, other: views.length - completed - held };
}

/** Dead unprocessable, and what was found unprocessable. */
async function countUnprocessable(stack: Stack): Promise<number> {
  const counts = await readCounts(stack);
  const dead = [...counts.values()].reduce((sum, { deadLetter }) => sum + deadLetter, 0);
  return dead + (counts.get('unprocessable-messages')?.active ?? 0);
}

/** As many purchases without the vault, on the machine in memory: seconds of its clock, twenty times as many. */
async function withoutVault(): Promise<Count> {
  const sandbox = await startTestSandbox(['--order-delay-seconds', '5']);
  try {
    const views = [];
    let unprocessable = 0;
    const asked = 20;
    for (let at = 0; at < asked; at++) {
      const machine = new Machine(withNewTokens(sandbox, 20 * AWAY_SECONDS));
      views.push((await machine.buy(aRequest(item.lines))).stored.purchase);
      unprocessable += machine.bus.sent.filter(({ entity }) => entity === 'unprocessable-messages').length;
    }
    const orders = await sandbox.orders();
    const twice = orders.length - new Set(orders.map(({ correlationId }) => correlationId)).size;
    return { asked, ...statuses(views), lost: asked - views.length, twice, unprocessable, refused: 0, wrong: 0 };
  } finally {
    await sandbox.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
