import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const TSC = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');

/**
 * Compiles what has changed in a TypeScript project and the projects it refers to.
 *
 * @param folder has the `tsconfig.json`
 * @param onLine takes each line that the compiler says of an error, in its colours if `pretty`
 * @returns whether there were no errors
 */
export async function compile(folder: string, pretty: boolean, onLine: (line: string) => void): Promise<boolean> {
  const child = spawn(process.execPath, [TSC, '-b', '--pretty', `${pretty}`], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface({ input: child.stdout }).on('line', onLine);
  const [code] = await once(child, 'close');
  return code === 0;
}
