import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes the folder of a function app around a compiled entry file. */
export function makeApp(entry: string, hostJson: object = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'cartage-app-'));
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ main: entry }));
  writeFileSync(join(directory, 'host.json'), JSON.stringify({ version: '2.0', ...hostJson }));
  return directory;
}
