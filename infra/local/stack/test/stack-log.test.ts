import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openLogFile } from '#log/log-file';
import { createStackLog } from '#log/stack-log';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cartage-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the terminal gets what a person wants to see, the file gets everything', () => {
  const shown: string[] = [];
  const terminal = { write: (text: string) => shown.push(text) > 0, columns: 80, isTTY: false };
  const { log, file } = createStackLog({ dataDir: folder, verbose: false, terminal, env: {} });
  log('stack', 'host is ready (0.4 s)');
  log('storage', 'Azurite Blob service is closing...');
  expect(shown).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d {2}stack {4}host is ready \(0\.4 s\)\n$/)]);
  expect(readFileSync(file, 'utf8')).toMatch(
    /^\S+Z stack host is ready \(0\.4 s\)\n\S+Z storage Azurite Blob service is closing\.\.\.\n$/,
  );
});

test('the file goes on from run to run and keeps to its limit', () => {
  for (const run of ['first', 'second', 'third']) {
    const file = openLogFile(folder, 100);
    for (let line = 0; line < 5; line++) file.write(`${run} run, line ${line}`);
    file.close();
  }
  const files = readdirSync(folder).toSorted();
  expect(files).toEqual(['stack.log', 'stack.old.log']);
  for (const name of files) expect(statSync(join(folder, name)).size).toBeLessThan(130);
  const all = ['stack.old.log', 'stack.log'].map((name) => readFileSync(join(folder, name), 'utf8')).join('');
  expect(all).toMatch(/second run, line 4\nthird run, line 0\n[^]*third run, line 4\n$/);
});
