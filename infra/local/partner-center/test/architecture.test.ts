import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { expect, test } from '@jest/globals';
import { PACKAGE } from './support/package';

/** The folders of src in their order, as the README has them. */
const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
const built = /## How it is built\n([^]*?)(?=\n## |$)/.exec(readme)?.[1] ?? '';
const LAYERS = [...built.matchAll(/^\| `([\w-]+)` /gm)].map(([, folder = '']) => folder);

interface Import {
  readonly file: string;
  readonly specifier: string;
}

function importsIn(folder: string): Import[] {
  return readdirSync(join(PACKAGE, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((file) => {
      const found = readFileSync(join(PACKAGE, folder, file), 'utf8').matchAll(/ from '([^']+)'/g);
      return [...found].map(([, specifier = '']) => ({ file, specifier }));
    });
}

/** Where in the order a path within src lies; its root files come last. */
function layerOf(path: string): number {
  const [folder = ''] = path.split('/');
  if (!path.includes('/')) return LAYERS.length;
  expect(LAYERS).toContain(folder);
  return LAYERS.indexOf(folder);
}

test('the program imports nothing but Node, zod and itself, so that it shares no mistake with its clients', () => {
  const foreign = importsIn('src').filter(({ specifier }) => !/^(node:|\.\/|zod$|#(?!test\/))/.test(specifier));
  expect(foreign).toEqual([]);
});

test('of the other packages, the tests import nothing but eventually()', () => {
  const ours = importsIn('test').filter(({ specifier }) => specifier.startsWith('@cartage/'));
  expect(new Set(ours.map(({ specifier }) => specifier))).toEqual(new Set(['@cartage/stack/eventually']));
});

test('a folder imports only itself and the folders before it, types included', () => {
  const inner = importsIn('src').filter(({ specifier }) => /^[.#]/.test(specifier));
  const upwards = inner.filter(({ file, specifier }) => {
    const target = specifier.startsWith('#') ? specifier.slice(1) : posix.join(dirname(file), specifier);
    return layerOf(target) > layerOf(file);
  });
  expect(inner.length).toBeGreaterThan(300);
  expect(upwards).toEqual([]);
});
