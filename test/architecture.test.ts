import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { pipelineQueues } from '#shared/pipeline/messages';
import { drawStateMachine } from '#shared/pipeline/state-machine';
import topology from '#topology';

/** Who may import whom. The rules are those of the READMEs; here they are kept. */

const root = resolve(__dirname, '..', '..');

interface SourceFile {
  path: string;
  text: string;
  /** What it imports, aliases and relative paths written as paths from the root; packages by their names. */
  imports: { target: string; isType: boolean }[];
}

const aliases: [RegExp, string][] = [
  [/^#topology$/, 'shared/topology.json'],
  [/^#(shared|functions|test)\//, '$1/'],
  [/^#local\//, 'infra/local/'],
];

function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const found = text.matchAll(/^(?:import|export)\s(type\s)?[^'"`;]*?from\s+'([^']+)'/gm);
      const imports = [...found].map(([, type, specifier = '']) => ({
        target: target(path, specifier),
        isType: type !== undefined,
      }));
      return { path, text, imports };
    });
}

function target(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(dirname(from), specifier);
  const alias = aliases.find(([pattern]) => pattern.test(specifier));
  return alias ? specifier.replace(...alias) : specifier;
}

const all = ['functions', 'shared', 'infra', 'test'].flatMap(sourceFiles);
const isOurs = (path: string) => /^(functions|shared|infra|test)\//.test(path);
const folderOf = (path: string) => path.split('/').slice(0, 2).join('/');

/** Every import of the files in a folder that a rule does not allow, as "file -> target". */
function offences(folder: string, isAllowed: (target: string, file: SourceFile, isType: boolean) => boolean): string[] {
  return all
    .filter(({ path }) => path.startsWith(folder))
    .flatMap((file) =>
      file.imports.filter((i) => !isAllowed(i.target, file, i.isType)).map((i) => `${file.path} -> ${i.target}`),
    );
}

test('a step imports its own folder and shared, never another step, and of the SDKs only the types of the host', () => {
  const roots = ['functions/index.ts', 'functions/wiring.ts'];
  const rule = (to: string, { path }: SourceFile, isType: boolean) =>
    roots.includes(path) ||
    to.startsWith(folderOf(path)) ||
    to.startsWith('shared/') ||
    to.startsWith('node:') ||
    to === 'zod' ||
    (to === '@azure/functions' && isType);
  expect(offences('functions/', rule)).toEqual([]);
});

test('the words of the business import zod and each other, nothing else', () => {
  expect(
    offences('shared/domain/', (to) => to.startsWith('shared/domain/') || to === 'zod' || to === 'node:crypto'),
  ).toEqual([]);
});

test('the Partner Center client and the Azure wrappers know neither each other nor the pipeline', () => {
  const rule = (to: string, { path }: SourceFile) =>
    !isOurs(to) || to.startsWith(folderOf(path)) || to.startsWith('shared/domain/') || to === 'shared/log';
  expect(offences('shared/partner-center/', rule)).toEqual([]);
  expect(offences('shared/azure/', rule)).toEqual([]);
});

test('shared knows nothing of the steps, the local stack or the tests', () => {
  expect(offences('shared/', (to) => !/^(functions|infra|test)\//.test(to))).toEqual([]);
});

test('of the product, the local stack knows the topology alone', () => {
  expect(
    offences('infra/local/', (to) => !isOurs(to) || to.startsWith('infra/local/') || to === 'shared/topology.json'),
  ).toEqual([]);
});

test('the Partner Center sandbox imports nothing of ours, so that client and sandbox share no mistake', () => {
  const folder = 'infra/local/partner-center/';
  expect(offences(folder, (to) => !isOurs(to) || to.startsWith(folder))).toEqual([]);
});

test('nobody imports the tests', () => {
  expect(
    ['functions/', 'shared/', 'infra/'].flatMap((folder) => offences(folder, (to) => !to.startsWith('test/'))),
  ).toEqual([]);
});

test('only shared/config.ts reads the environment of the product', () => {
  const readers = all.filter(({ path, text }) => /^(functions|shared)\//.test(path) && /\bprocess\.env\b/.test(text));
  expect(readers.map(({ path }) => path)).toEqual(['shared/config.ts']);
});

/** Files that decide: they take data and return data. */
const deciders =
  /^functions\/.*\/(build|choose|decide|find-orders|find-signer|inventory-questions|judge|plan|read-outcome|read-request|review)[^/]*\.ts$/;

test('a decision is not async and reads neither clock nor chance', () => {
  const pure = all.filter(({ path }) => deciders.test(path));
  expect(pure.length).toBeGreaterThan(10);
  const impure = pure.filter(({ text }) =>
    /\basync\b|\bawait\b|new Date\(\)|Date\.now|randomUUID|Math\.random/.test(text),
  );
  expect(impure.map(({ path }) => path)).toEqual([]);
});

test('there are no default exports, no barrels and no paths that climb', () => {
  const offenders = all.filter(({ text }) => /^export default|^export \* from|from '\.\.\//m.test(text));
  expect(offenders.map(({ path }) => path)).toEqual([]);
});

test('every queue of the topology has a reader, and so has its dead-letter queue, except the unprocessable messages', () => {
  expect([...pipelineQueues, 'unprocessable-messages'].toSorted()).toEqual(Object.keys(topology.queues).toSorted());
});

test('the drawing of the state machine is the one that the code follows', () => {
  const readme = readFileSync(join(root, 'functions/README.md'), 'utf8');
  expect(/```mermaid\n([^]*?)\n```/.exec(readme)?.[1]).toBe(drawStateMachine());
});
