import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Makes the folder of a function app around one of the test apps of this folder.
 * @param entry the name of its compiled file
 * @param hostJson what host.json holds besides its version
 */
export function makeAppFolder(entry: string, hostJson: object = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'cartage-app-'));
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ main: resolve(__dirname, entry) }));
  writeFileSync(join(directory, 'host.json'), JSON.stringify({ version: '2.0', ...hostJson }));
  return directory;
}
