import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { readJsonObject } from '#settings/json-file';

const packageJson = z.object({
  main: z.string({ error: 'must name the compiled entry file of the function app' }).min(1),
  type: z.enum(['module', 'commonjs']).default('commonjs'),
});

/**
 * Runs the entry file of a function app: `main` of its package.json.
 * @param directory the app's folder, where package.json and host.json are
 */
export async function loadApp(directory: string): Promise<void> {
  const manifest = resolve(directory, 'package.json');
  const parsed = packageJson.safeParse(readJsonObject(manifest));
  if (!parsed.success) throw new Error(`${manifest} is invalid:\n${z.prettifyError(parsed.error)}`);
  const { main, type } = parsed.data;
  if (/[*?{[]/.test(main)) {
    throw new Error(
      `"main" in ${manifest} is the pattern "${main}"; this host takes one file, which imports the others`,
    );
  }
  const entry = resolve(directory, main);
  if (!existsSync(entry))
    throw new Error(`"main" in ${manifest} names ${entry}, which does not exist; compile the app first`);
  const isModule = entry.endsWith('.mjs') || (type === 'module' && !entry.endsWith('.cjs'));
  if (isModule) await import(pathToFileURL(entry).href);
  else createRequire(manifest)(entry);
}
