import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { startHost } from '#host';
import { errorMessage } from '#log/describe-error';
import { makeAppFolder } from './make-app-folder';

/**
 * A script that starts the host for one app after the other in this process, and prints why each start failed. Its argument is the list of
 * apps as JSON, its output the list of the reasons. Not in jest's process: there the host could not answer the app's `require`.
 */

const cases = z.array(
  z.object({ entry: z.string(), env: z.record(z.string(), z.string()), hostJson: z.record(z.string(), z.unknown()) }),
);
export type FailingApp = z.infer<typeof cases>[number];

/** Makes the next app start as in a new process. */
function forgetModules(): void {
  for (const file of Object.keys(require.cache)) {
    if (/-app\.js$|@azure.functions.dist/.test(file)) delete require.cache[file];
  }
}

async function reasonOf({ entry, env, hostJson }: FailingApp): Promise<string> {
  const app = makeAppFolder(entry, hostJson);
  Object.assign(process.env, env);
  forgetModules();
  const never = (): never => {
    throw new Error('the host started');
  };
  try {
    await startHost({ app, port: 0, keysFile: join(app, 'keys.json'), env, sink: () => undefined, onFatal: never });
    return 'It started.';
  } catch (error) {
    return errorMessage(error);
  } finally {
    rmSync(app, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const reasons: string[] = [];
  for (const app of cases.parse(JSON.parse(process.argv[2] ?? ''))) reasons.push(await reasonOf(app));
  process.stdout.write(JSON.stringify(reasons), () => process.exit());
}

void main();
