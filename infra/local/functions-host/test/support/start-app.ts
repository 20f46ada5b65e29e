import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { makeApp } from '@cartage/stack/test/support/make-app';
import { startChild, type Child } from '@cartage/stack/child';

const keysFile = z.object({
  masterKey: z.string(),
  functionKeys: z.object({ default: z.string() }),
  functions: z.record(z.string(), z.object({ default: z.string() })),
});

/** A host running one of the test apps of this folder. */
export interface TestApp {
  url: string;
  lines: string[];
  keys: z.infer<typeof keysFile>;
  keysFile: string;
  child: Child;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts the host with a test app, in a process of its own. */
export async function startApp(entry: string, env: NodeJS.ProcessEnv = {}, hostJson: object = {}): Promise<TestApp> {
  const directory = makeApp(resolve(__dirname, entry), hostJson);
  const keys = join(directory, 'keys.json');
  const lines: string[] = [];
  const cleanUp = (): void => rmSync(directory, { recursive: true, force: true });
  const child = await startChild({
    name: 'host',
    script: resolve(__dirname, '..', '..', 'src', 'main.js'),
    args: ['--app', directory, '--port', '0', '--keys', keys],
    env: { ...process.env, ...env },
    log: (line) => lines.push(line),
  }).catch((error: unknown) => {
    cleanUp();
    throw error;
  });
  return {
    url: `http://127.0.0.1:${child.ready.port}`,
    lines,
    keys: keysFile.parse(JSON.parse(readFileSync(keys, 'utf8'))),
    keysFile: keys,
    child,
    async [Symbol.asyncDispose]() {
      await child.stop();
      cleanUp();
    },
  };
}
