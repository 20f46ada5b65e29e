import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { postPurchase, readPurchase } from '@cartage/stack/client';
import { portSettings } from '@cartage/stack/ports';
import { developmentRequesters } from '@cartage/stack/settings';
import { freePort } from '#test/support/free-port';
import { eventually } from '@cartage/stack/eventually';
import { threeLines } from '#test/support/requests';

/** `npm start`, again and again on the same data: each test begins where the one before it ended. */

const script = require.resolve('@cartage/stack/start');
const dataDir = mkdtempSync(join(tmpdir(), 'cartage-supervisor-'));
const anyPorts = Object.values(portSettings).flatMap(({ flag }) => [`--${flag}`, '0']);
const { signingSecret, readKey } = developmentRequesters.crm;
let running: ChildProcess | undefined;

afterEach(async () => {
  running?.kill('SIGTERM');
  if (running && running.exitCode === null && running.signalCode === null) await once(running, 'exit');
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Runs the command; `greeting` and `log` are what it has said so far on stdout and stderr. */
function run(flags: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [script, '--data', dataDir, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  running = child;
  const exit = once(child, 'exit');
  let [greeting, log] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (greeting += text.toString()));
  child.stderr.on('data', (text: Buffer) => (log += text.toString()));
  return { child, exit, greeting: () => greeting, log: () => log };
}

/** Starts everything; answers where the functions are. */
async function start(flags = anyPorts, env: NodeJS.ProcessEnv = {}) {
  const command = run(flags, env);
  const functionsUrl = await eventually(
    'the address',
    () => /(http:\/\/127\.0\.0\.1:\d+)\/api$/m.exec(command.greeting())?.[1],
  );
  return { ...command, functionsUrl };
}

async function buy(functionsUrl: string): Promise<string> {
  const answer = await postPurchase(
    { functionsUrl, signingSecret, readKey },
    'supervisor-1',
    JSON.stringify(threeLines),
  );
  const { purchaseId } = z.object({ purchaseId: z.string() }).parse(await answer.json());
  await eventually('the end', async () => {
    const view = await readPurchase({ functionsUrl, readKey }, purchaseId);
    return view?.status === 'completed' ? true : undefined;
  });
  return purchaseId;
}

let purchaseId = '';

test('what was accepted survives the SIGKILL of `npm start` itself', async () => {
  const { functionsUrl, child, exit } = await start();
  purchaseId = await buy(functionsUrl);
  child.kill('SIGKILL');
  await exit;
  const again = await start();
  expect(await readPurchase({ functionsUrl: again.functionsUrl, readKey }, purchaseId)).toMatchObject({
    status: 'completed',
    orders: [{}, {}],
  });
}, 60_000);

test('a port that is taken is named, and --fresh has not removed anything', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const address = squatter.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const before = readdirSync(dataDir);
  const { exit, log } = run(['--fresh', ...anyPorts, '--broker-port', `${port}`]);
  expect(await exit).toEqual([1, null]);
  expect(log()).toMatch(`Port ${port} for the Service Bus broker is taken.`);
  expect(readdirSync(dataDir)).toEqual(before);
  expect(before).not.toEqual([]);
  squatter.close();
});

test.each([
  [['--functions-port', '70000'], '--functions-port (or CARTAGE_FUNCTIONS_PORT) is not a port: 70000'],
  [['--frehs'], 'Usage: npm start -- [--fresh]'],
])('%j is answered in plain words, and nothing is started', async (flags, words) => {
  const { exit, log } = run(flags);
  expect(await exit).toEqual([1, null]);
  expect(log()).toContain(words);
});

test('with --fresh and chosen ports everything begins anew there, and SIGINT stops it cleanly', async () => {
  const own = join(dataDir, 'notes.txt');
  writeFileSync(own, 'not of the stack');
  const [functions, sandbox] = [await freePort(), await freePort()];
  const { functionsUrl, child, exit, greeting } = await start(
    ['--fresh', ...anyPorts, '--functions-port', `${functions}`, '--sandbox-port', `${sandbox}`],
    // The flag wins over the variable.
    { CARTAGE_SANDBOX_PORT: '1' },
  );
  expect(functionsUrl).toBe(`http://127.0.0.1:${functions}`);
  expect((await fetch(`http://127.0.0.1:${sandbox}/health`)).status).toBe(200);
  expect(await readPurchase({ functionsUrl, readKey }, purchaseId)).toBeUndefined();
  expect(readFileSync(own, 'utf8')).toBe('not of the stack');

  const ports = [...new Set([...greeting().matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port)))];
  expect(ports).toHaveLength(6);
  child.kill('SIGINT');
  expect(await exit).toEqual([0, null]);
  expect(await Promise.all(ports.map(isOpen))).toEqual(ports.map(() => false));
}, 60_000);

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
