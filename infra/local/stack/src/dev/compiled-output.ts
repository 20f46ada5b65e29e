import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** The compiled files of an app, by path, each as the hash of its content. */
export type CompiledOutput = ReadonlyMap<string, string>;

/** Reads what the compiler has written for an app: the scripts under `dist`, without its tests. */
export function readCompiledOutput(app: string): CompiledOutput {
  const dist = join(app, 'dist');
  const scripts = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.js') && !name.startsWith(`test${sep}`),
  );
  return new Map(
    scripts.map((name) => [
      name,
      createHash('sha1')
        .update(readFileSync(join(dist, name)))
        .digest('hex'),
    ]),
  );
}

/** The files that one output has and the other has not, or has otherwise. */
export function changedFiles(before: CompiledOutput, after: CompiledOutput): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).toSorted();
}
