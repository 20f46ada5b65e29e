import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { pipelineQueues } from '#shared/pipeline/messages';
import { drawStateMachine } from '#shared/pipeline/state-machine';
import topology from '#topology';

/** Who may import whom. The rules are those of the READMEs; here they are kept. */

const root = resolve(__dirname, '..', '..');

interface Import {
  /** What is imported, aliases and relative paths written as paths from the root; packages by their names. */
  readonly target: string;
  readonly isType: boolean;
}
interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const LOCAL_PACKAGE = /^infra\/local\/[^/]+\//;

function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
    .filter((path) => path.endsWith('.ts') && !/\/(dist|node_modules)\//.test(path))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const found = text.matchAll(/^(?:import|export)\s(type\s)?([^'"`;]*?)from\s+'([^']+)'/gm);
      const imports = [...found].map(([, type, names = '', specifier = '']) => ({
        target: target(path, specifier),
        isType: type !== undefined || namesOnlyTypes(names),
      }));
      return { path, text, imports };
    });
}

function namesOnlyTypes(names: string): boolean {
  const each = names
    .replace(/[{}]/g, '')
    .split(',')
    .flatMap((name) => name.trim() || []);
  return each.length > 0 && each.every((name) => name.startsWith('type '));
}

function target(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(dirname(from), specifier);
  if (specifier === '#topology') return 'shared/topology.json';
  const own = LOCAL_PACKAGE.exec(from)?.[0];
  if (own !== undefined) return specifier.replace(/^#test\//, `${own}test/`).replace(/^#/, `${own}src/`);
  return specifier.replace(/^#/, '').replace(/^@cartage\/([^/]+)\//, 'infra/local/$1/src/');
}

const all = ['functions', 'shared', 'infra', 'test'].flatMap(sourceFiles);
const isOurs = (path: string) => /^(functions|shared|infra|test)\/|^@cartage\//.test(path);
const folderOf = (path: string) => path.split('/').slice(0, 2).join('/');

/** Every import of the files under a path that a rule does not allow, as "file -> target". */
function offences(under: string, isAllowed: (to: string, file: SourceFile, isType: boolean) => boolean): string[] {
  return all
    .filter(({ path }) => path.startsWith(under))
    .flatMap((file) =>
      file.imports.filter((i) => !isAllowed(i.target, file, i.isType)).map((i) => `${file.path} -> ${i.target}`),
    );
}

test('a step imports its own folder and shared, never another step, and of the SDKs only the types of the host', () => {
  const roots = ['functions/index.ts', 'functions/composition-root.ts'];
  const rule = (to: string, { path }: SourceFile, isType: boolean) =>
    roots.includes(path) ||
    to.startsWith(folderOf(path)) ||
    to.startsWith('shared/') ||
    to.startsWith('node:') ||
    to === 'zod' ||
    (to === '@azure/functions' && isType);
  expect(offences('functions/', rule)).toEqual([]);
});

test('the domain imports its own files, zod and what makes ids and amounts, nothing else', () => {
  const libraries = ['zod', 'node:crypto', 'uuid', 'big.js'];
  expect(offences('shared/domain/', (to) => to.startsWith('shared/domain/') || libraries.includes(to))).toEqual([]);
});

test('the Partner Center client and the Azure wrappers know neither each other nor the pipeline', () => {
  const rule = (to: string, { path }: SourceFile) =>
    !isOurs(to) || to.startsWith(folderOf(path)) || to.startsWith('shared/domain/') || to === 'shared/log';
  expect(offences('shared/partner-center/', rule)).toEqual([]);
  expect(offences('shared/azure/', rule)).toEqual([]);
});

test('shared knows nothing of the steps, the local programs or the tests', () => {
  expect(offences('shared/', (to) => !/^(functions|infra|test)\/|^@cartage\//.test(to))).toEqual([]);
});

test('the local programs import nothing of the product, and outside of their tests nothing of each other', () => {
  const rule = (to: string, { path }: SourceFile) => {
    const own = LOCAL_PACKAGE.exec(path)?.[0] ?? '';
    return !isOurs(to) || to.startsWith(own) || (path.startsWith(`${own}test/`) && to.startsWith('@cartage/'));
  };
  expect(offences('infra/local/', rule)).toEqual([]);
});

test('the Partner Center sandbox imports nothing of ours, so that client and sandbox share no mistake', () => {
  const folder = 'infra/local/partner-center/src/';
  expect(offences(folder, (to) => !isOurs(to) || to.startsWith(folder))).toEqual([]);
});

test('nobody imports the tests', () => {
  const isTest = (path: string) => /^test\/|^infra\/local\/[^/]+\/test\//.test(path);
  const importers = ['functions/', 'shared/', 'infra/'].flatMap((folder) =>
    offences(folder, (to, { path }) => isTest(path) || !isTest(to)),
  );
  expect(importers).toEqual([]);
});

/** The folders of a program in the order of its README's table: a value import goes to its own folder or to one above it. */
function layersOf(folder: string): string[] {
  const [, table = ''] = readFileSync(join(root, folder, 'README.md'), 'utf8').split(
    /^The folders of `src` are layers/m,
  );
  const rows = /\n((?:\|.*\n)+)/.exec(table)?.[1] ?? '';
  return [...rows.matchAll(/^\| `([a-z-]+)\/?` /gm)].flatMap(([, name]) => name ?? []);
}

const PROGRAMS = ['service-bus', 'partner-center', 'functions-host'].map((name) => `infra/local/${name}`);

test.each(PROGRAMS)('the folders of %s are layers, as its README has them', (program) => {
  const order = layersOf(program);
  expect(order.length).toBeGreaterThan(5);
  const layerOf = (path: string) => {
    const [first = '', second] = path.slice(`${program}/src/`.length).split('/');
    return second === undefined ? order.length : order.indexOf(first);
  };
  const files = all.filter(({ path }) => path.startsWith(`${program}/src/`));
  expect(files.filter(({ path }) => layerOf(path) < 0).map(({ path }) => path)).toEqual([]);
  const rule = (to: string, { path }: SourceFile, isType: boolean) =>
    isType || !to.startsWith(`${program}/src/`) || layerOf(to) <= layerOf(path);
  expect(offences(`${program}/src/`, rule)).toEqual([]);
});

test('no two folders of the stack need each other', () => {
  const stack = 'infra/local/stack/src/';
  // A file beside the folders stands for itself.
  const place = (path: string) => (`${dirname(path)}/` === stack ? path.replace(/\.ts$/, '') : dirname(path));
  const needs = new Map<string, string[]>();
  for (const { path, imports } of all.filter((file) => file.path.startsWith(stack))) {
    const others = imports.filter((i) => !i.isType && i.target.startsWith(stack) && place(i.target) !== place(path));
    needs.set(place(path), [...(needs.get(place(path)) ?? []), ...others.map((i) => place(i.target))]);
  }
  expect(cycles(needs)).toEqual([]);
});

test('no two files of the product need each other, not even for a type', () => {
  const product = all.filter(({ path }) => /^(functions|shared)\//.test(path));
  const importsOf = new Map(
    product.map(({ path, imports }) => [path.replace(/\.ts$/, ''), imports.map((i) => i.target)]),
  );
  expect(cycles(importsOf)).toEqual([]);
});

/** What can be reached from itself. */
function cycles(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const reach = (from: string, seen = new Set<string>()): Set<string> => {
    for (const to of edges.get(from) ?? []) if (!seen.has(to)) reach(to, seen.add(to));
    return seen;
  };
  return [...edges.keys()].filter((from) => reach(from).has(from));
}

test('only shared/config.ts reads the environment of the product', () => {
  const readers = all.filter(({ path, text }) => /^(functions|shared)\//.test(path) && /\bprocess\.env\b/.test(text));
  expect(readers.map(({ path }) => path)).toEqual(['shared/config.ts']);
});

/** Files that decide say so by their verb; they take data and return data. */
const DECIDERS = /^functions\/.*\/(build|choose|classify|judge|match|merge|plan)-[^/]+\.ts$/;

test('a decision is not async and reads neither clock nor chance', () => {
  const pure = all.filter(({ path }) => DECIDERS.test(path));
  expect(pure.length).toBeGreaterThan(20);
  const impure = pure.filter(({ text }) =>
    /\basync\b|\bawait\b|new Date\(\)|Date\.now|randomUUID|Math\.random/.test(text),
  );
  expect(impure.map(({ path }) => path)).toEqual([]);
});

test('a stage is one file with its name, beside the decisions of its folder', () => {
  const shells = all.flatMap(({ path }) => /^functions\/([^/]+)\/([^/]+)\.stage\.ts$/.exec(path) ?? []);
  expect(shells.filter((_, at) => at % 3 === 1)).toEqual(shells.filter((_, at) => at % 3 === 2));
  expect(shells).toHaveLength(3 * 6);
});

test('there are no default exports, no barrels and no paths that climb', () => {
  const offenders = all.filter(({ text }) => /^export default|^export \* from|from '\.\.\//m.test(text));
  expect(offenders.map(({ path }) => path)).toEqual([]);
});

test('every queue of the topology has a reader, and so has its dead-letter queue, except the one for operators', () => {
  expect([...pipelineQueues, 'unprocessable-messages'].toSorted()).toEqual(Object.keys(topology.queues).toSorted());
});

test('the drawing of the state machine is the one that the code follows', () => {
  const readme = readFileSync(join(root, 'functions/README.md'), 'utf8');
  expect(/```mermaid\n([^]*?)\n```/.exec(readme)?.[1]).toBe(drawStateMachine());
});
