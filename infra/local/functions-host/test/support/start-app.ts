import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { startChild, type Child } from '@cartage/stack/child';
import { makeAppFolder } from './make-app-folder';

const keysFile = z.object({
  masterKey: z.string(),
  functionKeys: z.object({ default: z.string() }),
  functions: z.record(z.string(), z.object({ default: z.string() })),
});

/** A host that runs one of the test apps of this folder. */
export interface TestApp {
  readonly url: string;
  /** The lines of its log so far. */
  readonly lines: readonly string[];
  readonly keys: Readonly<z.infer<typeof keysFile>>;
  readonly keysFile: string;
  readonly child: Child;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts the host with a test app, in a process of its own. */
export async function startApp(entry: string, env: NodeJS.ProcessEnv = {}): Promise<TestApp> {
  const directory = makeAppFolder(entry);
  const keys = join(directory, 'keys.json');
  const lines: string[] = [];
  const cleanUp = (): void => rmSync(directory, { recursive: true, force: true });
  const child = await startChild({
    name: 'host',
    script: require.resolve('@cartage/functions-host/main'),
    args: ['--app', directory, '--port', '0', '--keys', keys],
    env: { ...process.env, ...env },
    log: (line) => lines.push(line),
  }).catch((error: unknown) => {
    cleanUp();
    throw error;
  });
  return {
    url: `http://127.0.0.1:${child.ready.port ?? 0}`,
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
