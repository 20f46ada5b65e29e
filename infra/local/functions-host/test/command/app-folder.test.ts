import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkAppFolder } from '#command/app-folder';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cartage-folder-'));
  for (const file of ['package.json', 'host.json']) writeFileSync(join(folder, file), '{}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a folder with package.json and host.json may be run', () => {
  expect(() => checkAppFolder(folder)).not.toThrow();
});

test.each(['package.json', 'host.json'])('a folder without %s is rejected, with what to do', (missing) => {
  rmSync(join(folder, missing));
  expect(() => checkAppFolder(folder)).toThrow(
    `The folder ${folder} has no ${missing}; name the folder of the function app with --app`,
  );
});

test('a folder that does not exist is rejected, with what to do', () => {
  rmSync(folder, { recursive: true });
  expect(() => checkAppFolder(folder)).toThrow(
    `The folder ${folder} does not exist; name the folder of the function app with --app`,
  );
});
