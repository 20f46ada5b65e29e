import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { administrator } from '#test/support/administrator';
import { receiveOne } from '#test/support/receive-one';
import { TestBroker } from '#test/support/test-broker';

const LAUNCHER = 'bin/cartage-service-bus.js';
const MANIFEST = 'package.json';
/** The package's folder: where the launcher is. */
const root = dirname(dirname(dirname(require.resolve('#main'))));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cartage-command-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function launch(from: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [join(from, LAUNCHER), ...args], { cwd: folder });
}

/** The launcher alone, with nothing compiled, in a package that needs this Node. */
function copyLauncher(name: string, engine: string): string {
  const copy = join(folder, name);
  mkdirSync(join(copy, dirname(LAUNCHER)), { recursive: true });
  copyFileSync(join(root, LAUNCHER), join(copy, LAUNCHER));
  const manifest: unknown = JSON.parse(readFileSync(join(root, MANIFEST), 'utf8'));
  writeFileSync(join(copy, MANIFEST), JSON.stringify(Object.assign({}, manifest, { engines: { node: engine } })));
  return copy;
}

test('--help names the command and ends well, without starting a broker', async () => {
  const { stdout, stderr } = await launch(root, '--help');
  expect(stdout).toMatch(/^Usage: cartage-service-bus /);
  expect(stdout).not.toContain('ready');
  expect(stderr).toBe('');
});

test.each([[['--prot', '0']], [['start']]])(
  'a command line with %j is refused with the usage, before there is a folder for data',
  async (args) => {
    const refused = launch(root, '--admin-port', '0', '--data', 'never-made', ...args);
    await expect(refused).rejects.toMatchObject({ code: 1, stdout: '' });
    await expect(refused).rejects.toMatchObject({
      stderr: expect.stringMatching(/\nUsage: cartage-service-bus .*\n$/),
    });
    await expect(refused).rejects.toMatchObject({ stderr: expect.not.stringContaining('    at ') });
    expect(existsSync(join(folder, 'never-made'))).toBe(false);
  },
);

test('a configuration that is not there is named, without a stack trace', async () => {
  const refused = launch(root, '--config', 'nowhere.json');
  await expect(refused).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/^.*nowhere\.json.*\n$/) });
});

test('before it is compiled the command says so', async () => {
  const refused = launch(copyLauncher('fresh', '>=20.0'));
  await expect(refused).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^.* is not compiled yet\..*\n$/),
  });
});

test.each(['>=99.0', `>=${process.versions.node.split('.')[0]}.99`])(
  'where Node %s is needed the command says so',
  async (engine) => {
    const refused = launch(copyLauncher(engine, engine));
    const reason = `needs Node ${engine.slice(2)} or newer; this is Node ${process.versions.node}.`;
    await expect(refused).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(reason) });
  },
);

test('without a configuration there is no entity, until one is made, and that one stays', async () => {
  const broker = await TestBroker.start({ process: {} });
  try {
    const admin = administrator(broker);
    for await (const { name } of admin.listQueues()) throw new Error(`there is a queue ${name}`);
    await admin.createQueue('made');
    await broker.client().createSender('made').sendMessages({ body: 'first' });
    await broker.kill();
    await broker.run();
    expect(await receiveOne(broker.client().createReceiver('made'))).toMatchObject({ body: 'first' });
  } finally {
    await broker.dispose();
  }
});

test('a second broker on the same data is refused, and the first one is named', async () => {
  const broker = await TestBroker.start({ process: {} });
  try {
    const refused = launch(root, '--port', '0', '--admin-port', '0', '--data', broker.data);
    await expect(refused).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /is in use by process \d+ since .*\nStop it, or choose another folder with --data\./,
      ),
    });
  } finally {
    await broker.dispose();
  }
});
