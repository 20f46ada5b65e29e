import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { makeAppFolder } from '#test/support/make-app-folder';

const launcher = resolve(require.resolve('@cartage/functions-host/main'), '../../../bin/cartage-functions-host.js');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cartage-command-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command to its end. */
const run = (args: readonly string[], script = launcher): Promise<Ended> =>
  new Promise((ended) => {
    execFile(process.execPath, [script, ...args], { cwd: folder }, (error, stdout, stderr) => {
      ended({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });

test('--help explains the command and succeeds', async () => {
  const { code, stdout, stderr } = await run(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('--port N');
});

test('an unknown flag fails with one line', async () => {
  expect(await run(['--prot', '80'])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Unknown flag --prot; see cartage-functions-host --help\n',
  });
});

test('a folder that does not exist fails with one line', async () => {
  expect(await run(['--app', 'nowhere'])).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^The host did not start: The folder \S+nowhere does not exist; name [^\n]+ with --app\n$/,
    ),
  });
});

test('a port that is taken fails with a line that says so', async () => {
  const app = makeAppFolder('http-app.js');
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = z.object({ port: z.number() }).parse(other.address());
  const { code, stdout, stderr } = await run(['--app', app, '--port', `${port}`, '--keys', join(app, 'keys.json')]);
  other.close();
  rmSync(app, { recursive: true });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
    new RegExp(`^The host did not start: Port ${port} can't be used \\(.*EADDRINUSE.*\\); choose another with --port$`),
  );
});

/** A copy of the package with only the launcher in it, which asks for a version of Node. */
function copyLauncher(node: string): string {
  const copy = mkdtempSync(join(folder, 'package-'));
  cpSync(dirname(launcher), join(copy, 'bin'), { recursive: true });
  writeFileSync(join(copy, 'package.json'), JSON.stringify({ engines: { node } }));
  return join(copy, 'bin', 'cartage-functions-host.js');
}

test('the launcher says that nothing is compiled yet', async () => {
  expect(await run([], copyLauncher('>=20.0'))).toEqual({
    code: 1,
    stdout: '',
    stderr: 'cartage-functions-host is not compiled yet. Run "npm run build" first.\n',
  });
});

test('the launcher says that Node is too old', async () => {
  const [major = '', minor = ''] = process.versions.node.split('.');
  const newer = `${major}.${Number(minor) + 1}`;
  expect(await run([], copyLauncher(`>=${newer}`))).toEqual({
    code: 1,
    stdout: '',
    stderr: `cartage-functions-host needs Node ${newer} or newer; this is Node ${process.versions.node}.\n`,
  });
});
