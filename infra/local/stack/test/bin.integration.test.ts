import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runFile, type RunningScript } from '#test/support/run-script';
import { projectFolder } from '#project';

/** What every npm script begins with, in a small project that is laid out like this one. */

const packageFolder = resolve(__dirname, '..', '..');
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cartage-bin-'));
  for (const name of ['bin', 'package.json']) {
    cpSync(join(packageFolder, name), join(root, 'infra', 'local', 'stack', name), { recursive: true });
  }
  mkdirSync(join(root, 'src'));
  writeFileSync(
    join(root, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { module: 'node20', types: [], outDir: 'dist', rootDir: 'src' },
      include: ['src'],
    }),
  );
  writeFileSync(join(root, 'src', 'script.ts'), 'console.log(`${process.argv.slice(2)} ${process.argv[1]}`);\n');
  writeFileSync(join(root, 'src', 'process.d.ts'), 'declare const process: { argv: string[] };\n');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function install(): void {
  symlinkSync(join(projectFolder, 'node_modules'), join(root, 'node_modules'));
}

const compileAndRun = (args: string[], env?: NodeJS.ProcessEnv): RunningScript =>
  runFile(join(root, 'infra', 'local', 'stack', 'bin', 'compile-and-run.js'), args, env);

test.each(['18.20.8', '20.18.3', '0.12.0'])('Node %s is refused in one sentence', async (version) => {
  const disguise = join(root, 'disguise.js');
  writeFileSync(disguise, `Object.defineProperty(process.versions, 'node', { value: '${version}' });\n`);
  const { exit, stdout, stderr } = compileAndRun(['dist/script.js'], { NODE_OPTIONS: `--require "${disguise}"` });
  expect(await exit).toEqual([1, null]);
  expect(stdout()).toBe('');
  expect(stderr()).toBe(
    `Cartage needs Node 20.19 or newer, but this is Node ${version}: see https://nodejs.org for a newer one.\n`,
  );
});

test('without the dependencies it says how to get them', async () => {
  const { exit, stderr } = compileAndRun(['dist/script.js']);
  expect(await exit).toEqual([1, null]);
  expect(stderr()).toBe('The dependencies are not installed yet: npm ci\n');
});

test('the project is compiled, and the script runs with its arguments', async () => {
  install();
  const { exit, stdout, stderr } = compileAndRun(['dist/script.js', '--flag', 'file']);
  expect(await exit).toEqual([0, null]);
  expect(stdout()).toBe(`--flag,file ${join(root, 'dist', 'script.js')}\n`);
  expect(stderr()).toBe('Compiling TypeScript ...\n');
});

test('a compile error is shown as tsc has it, and nothing is run', async () => {
  install();
  writeFileSync(join(root, 'src', 'script.ts'), "const one: number = 'one';\nconsole.log(one);\n");
  const { exit, stdout, stderr } = compileAndRun(['dist/script.js']);
  expect(await exit).toEqual([1, null]);
  expect(stdout()).toBe('');
  expect(stderr()).toBe(
    "Compiling TypeScript ...\nsrc/script.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.\n",
  );
});
