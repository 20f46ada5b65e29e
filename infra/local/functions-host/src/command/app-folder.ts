import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** What every function app has in its folder. */
const APP_FILES = ['package.json', 'host.json'] as const;

const ADVICE = 'name the folder of the function app with --app';

/** Throws when a folder is not the folder of a function app, with what is missing and what to do. */
export function checkAppFolder(app: string): void {
  const folder = resolve(app);
  if (!existsSync(folder)) throw new Error(`The folder ${folder} does not exist; ${ADVICE}`);
  const missing = APP_FILES.find((file) => !existsSync(resolve(folder, file)));
  if (missing !== undefined) throw new Error(`The folder ${folder} has no ${missing}; ${ADVICE}`);
}
