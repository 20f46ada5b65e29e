import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { usage } from '#command-line';
import { PACKAGE } from './support/package';
import { newDataDir, removeDataDir, startProcess } from './support/sandbox';

const COMMAND = join(PACKAGE, 'bin', 'cartage-partner-center.js');
const HINT = 'Run "cartage-partner-center --help" for all options.';

/** Runs the command to its end. */
function run(args: string[], command = COMMAND): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

let dataDir: string;
beforeEach(() => {
  dataDir = newDataDir();
});
afterEach(() => removeDataDir(dataDir));

test('--help prints the usage', () => {
  expect(run(['--help'])).toEqual({ code: 0, stdout: `${usage()}\n`, stderr: '' });
});

test.each([
  [['--no-such-thing', '1'], 'Unknown option: --no-such-thing'],
  [['stray'], 'Unexpected argument: stray'],
])('%j ends with a plain line and a hint', (args, message) => {
  expect(run(args)).toEqual({ code: 1, stdout: '', stderr: `${message}\n${HINT}\n` });
});

test('a port that is taken ends it with a plain line', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = z.object({ port: z.number() }).parse(other.address());
  try {
    const ended = run(['--port', `${port}`, '--data', dataDir]);
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^listen EADDRINUSE[^\n]*\n$/) });
  } finally {
    other.close();
  }
});

test('a second sandbox on the same data is refused, and the first one is named', async () => {
  const first = await startProcess(dataDir);
  expect(run(['--port', '0', '--data', dataDir])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      `is in use by process ${first.process.pid} since .*\nStop it, or choose another folder with --data.`,
    ),
  });
  await first.end();
});

test('it ends cleanly on SIGTERM, and when its parent disconnects', async () => {
  const [terminated, left] = await Promise.all([startProcess(join(dataDir, 'a')), startProcess(join(dataDir, 'b'))]);
  expect(await terminated.end('SIGTERM')).toBe(0);
  const gone = once(left.process, 'exit');
  left.process.disconnect();
  expect(await gone).toEqual([0, null]);
});

const manifestSchema = z.looseObject({ engines: z.object({ node: z.string() }) });

/** The launcher in a package of its own, which is not compiled and needs this Node. */
function launcher(folder: string, node?: string): string {
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')));
  mkdirSync(join(folder, 'bin'));
  const engines = { node: node ?? manifest.engines.node };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, engines }));
  const copy = join(folder, 'bin', 'cartage-partner-center.js');
  cpSync(COMMAND, copy);
  return copy;
}

test('it says that it is not compiled yet', () => {
  const stderr =
    'cartage-partner-center is not compiled yet. Run "npm run build" in the root of the repository first.\n';
  expect(run([], launcher(dataDir))).toEqual({ code: 1, stdout: '', stderr });
});

test.each(['>=99.0', `>=${process.versions.node.split('.')[0]}.99`])('it says when Node is older than %s', (node) => {
  const stderr = `cartage-partner-center needs Node ${node.slice(2)} or newer; this is Node ${process.versions.node}.\n`;
  expect(run([], launcher(dataDir, node))).toEqual({ code: 1, stdout: '', stderr });
});
