import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { dataEntries } from '#data-dir';
import { FREE_PORTS, runScript } from '#test/support/run-script';
import { isAlive } from '#test/support/is-alive';
import { makeApp } from '#test/support/make-app';
import { startChild } from '#child';
import { eventually } from '#eventually';
import { lockFolder } from '#lock-folder';
import { parts } from '#parts';
import { freePorts } from '#ports';
import { startStack, type Stack, type StackOptions } from '#stack';

const app = makeApp(resolve(__dirname, 'support', 'stack-app.js'));
const dataDir = mkdtempSync(join(tmpdir(), 'cartage-stack-'));
const poison = join(dataDir, 'poison');
const lines: string[] = [];
const options: StackOptions = {
  dataDir,
  app,
  ports: 'free',
  env: { DIES_IF_EXISTS: poison },
  log: (part, line) => lines.push(`${part}| ${line}`),
};
let stack: Stack;

beforeAll(async () => {
  stack = await startStack(options);
});
afterAll(async () => {
  await stack.stop();
  for (const folder of [app, dataDir]) rmSync(folder, { recursive: true, force: true });
});

const ping = (): Promise<string> =>
  fetch(`${stack.functionsUrl}/api/ping`).then(
    (answer) => answer.text(),
    () => 'down',
  );

const requesters = z.array(z.object({ id: z.string(), signingKeys: z.array(z.object({ secret: z.string() })) }));

test('the parts see each other by the settings that the product reads', async () => {
  const settings: unknown = await (await fetch(`${stack.functionsUrl}/api/settings`)).json();
  expect(settings).toEqual({ api: stack.sandboxUrl });
  expect(requesters.parse(JSON.parse(stack.settings.REQUESTERS)).map(({ id }) => id)).toEqual([
    'contoso-crm',
    'contoso-erp',
  ]);
  expect((await fetch(`${stack.brokerAdminUrl}/health`)).status).toBe(200);
  expect(readFileSync(stack.keysFile, 'utf8')).toContain('masterKey');
});

test('a body that no purchase needs is turned away before it is read', async () => {
  const answer = await fetch(`${stack.functionsUrl}/api/ping`, { method: 'POST', body: Buffer.alloc(20_000_000) });
  expect(answer.status).toBe(413);
});

test('the containers of the topology are there', async () => {
  const container = BlobServiceClient.fromConnectionString(stack.storageConnection).getContainerClient('invoices');
  expect(await container.exists()).toBe(true);
});

test.each(['host', 'broker', 'sandbox', 'storage'] as const)(
  '%s comes back by itself when it dies, at the same address',
  async (part) => {
    const before = stack.pid(part);
    process.kill(before, 'SIGKILL');
    await eventually('it runs again', () => stack.pid(part) !== before);
    await eventually('it answers', async () => (await ping()).startsWith('pong'));
    expect(lines).toContain(`stack| ${part} died (signal SIGKILL)`);
  },
);

test('messages flow through a queue after its broker died and came back', async () => {
  const text = `text-${Date.now()}`;
  const client = new ServiceBusClient(stack.serviceBusConnection);
  await client.createSender('unprocessable-messages').sendMessages({ body: text });
  await eventually('it is heard', () => lines.some((line) => line.includes(`heard "${text}"`)));
  await client.close();
});

test('a killed part stays down until it is restarted', async () => {
  await stack.kill('host');
  expect(await ping()).toBe('down');
  await stack.restart('host');
  expect(await ping()).toBe(`pong from ${stack.pid('host')}`);
});

test('a port that is taken is named, with the setting that changes it, and nothing is started', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const address = squatter.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const second = startStack({ ...options, ports: { ...freePorts, sandbox: port } });
  await expect(second).rejects.toThrow(
    `Port ${port} for the Partner Center sandbox is taken. End what uses it, or choose another with --sandbox-port or CARTAGE_SANDBOX_PORT.`,
  );
  squatter.close();
});

test.each([[[]], [['--fresh']]])(
  'a second stack with %j on the same data is refused, on other ports too, and touches nothing',
  async (flags) => {
    const second = runScript('start', ['--data', dataDir, ...FREE_PORTS, ...flags]);
    expect(await second.exit).toEqual([1, null]);
    expect(second.stderr()).toContain(`${dataDir} is in use by process ${process.pid} since `);
    expect(second.stderr()).toContain('Stop it, or choose another folder with --data.');
    for (const name of Object.values(dataEntries).filter((entry) => entry !== 'partner-center-secrets.json')) {
      expect(existsSync(join(dataDir, name))).toBe(true);
    }
    expect(existsSync(join(dataDir, 'logs'))).toBe(false); // the log of a running stack is not opened either
  },
);

test('a broker that runs alone keeps its data from `npm start -- --fresh`', async () => {
  const data = mkdtempSync(join(tmpdir(), 'cartage-stack-'));
  const broker = await startChild({
    name: 'broker',
    script: require.resolve('@cartage/service-bus/main'),
    args: ['--port', '0', '--admin-port', '0', '--data', join(data, dataEntries.broker)],
    env: process.env,
    log: () => undefined,
  });
  const started = runScript('start', ['--data', data, ...FREE_PORTS, '--fresh']);
  expect(await started.exit).toEqual([1, null]);
  expect(started.stderr()).toContain(`${join(data, dataEntries.broker)} is in use by process ${broker.pid} since `);
  expect(existsSync(join(data, dataEntries.broker, 'journal-00000001.log'))).toBe(true);
  await broker.stop();
  rmSync(data, { recursive: true, force: true });
});

test('damaged data stop the start with the place, and `--recover` goes on', async () => {
  const data = mkdtempSync(join(tmpdir(), 'cartage-stack-'));
  await (await startStack({ ...options, dataDir: data })).stop();
  for (const file of [join(dataEntries.sandbox, 'journal.ndjson'), join(dataEntries.broker, 'journal-00000001.log')]) {
    const bytes = readFileSync(join(data, file));
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    writeFileSync(join(data, file), bytes);
    await expect(startStack({ ...options, dataDir: data })).rejects.toThrow(`${join(data, file)} is damaged`);
  }
  const recovered = await startStack({ ...options, dataDir: data, recover: true });
  await recovered.restart('broker');
  await recovered.stop();
  for (const name of ['journal.ndjson', 'journal-00000001.log']) {
    const folder = join(data, name === 'journal.ndjson' ? dataEntries.sandbox : dataEntries.broker);
    expect(existsSync(join(folder, `${name}.damaged`))).toBe(true);
  }
  rmSync(data, { recursive: true, force: true });
});

test('a part that cannot start leaves nothing running and says why', async () => {
  const data = mkdtempSync(join(tmpdir(), 'cartage-stack-'));
  await expect(startStack({ ...options, dataDir: data, sandboxArgs: ['--no-such-switch', '1'] })).rejects.toThrow(
    /sandbox did not start \(exit code 1\)/,
  );
  (await lockFolder(data)).release();
  rmSync(data, { recursive: true, force: true });
});

test.each(['SIGKILL', 'SIGTERM'] as const)('no part outlives a supervisor that ends by %s', async (signal) => {
  const data = mkdtempSync(join(tmpdir(), 'cartage-stack-'));
  const supervisor = spawn(process.execPath, [resolve(__dirname, 'support', 'supervisor.js'), data, app], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(supervisor.stdout, 'data');
  const pids = z.array(z.number()).parse(JSON.parse(String(line)));
  expect(pids.filter(isAlive)).toHaveLength(4);
  supervisor.kill(signal);
  await eventually('all have ended', () => pids.filter(isAlive).length === 0);
  rmSync(data, { recursive: true, force: true });
});

test('a part that keeps dying stops everything with a plain reason', async () => {
  const pids = parts.map(({ part }) => stack.pid(part));
  writeFileSync(poison, '');
  await stack.kill('host');
  await expect(stack.restart('host')).rejects.toThrow('host did not start (exit code 3)');
  rmSync(poison);
  await stack.restart('host');
  writeFileSync(poison, '');
  process.kill(stack.pid('host'), 'SIGKILL');
  expect(await stack.gaveUp).toMatch(/^host died 6 times within 60 s, last with host did not start \(exit code 3\)/);
  expect(pids.filter(isAlive)).toEqual([]);
});
