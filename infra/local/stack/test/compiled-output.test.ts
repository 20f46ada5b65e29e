import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { changedFiles, readCompiledOutput } from '#dev/compiled-output';

const app = mkdtempSync(join(tmpdir(), 'cartage-output-'));
afterAll(() => rmSync(app, { recursive: true, force: true }));

function write(name: string, text: string): void {
  writeFileSync(join(app, 'dist', name), text);
}

test('another content, a new file and one that is gone count; tests, declarations and a mere rewrite do not', () => {
  mkdirSync(join(app, 'dist', 'test'), { recursive: true });
  for (const name of ['same.js', 'other.js', 'gone.js', 'types.d.ts', 'test/a.test.js']) write(name, 'before');
  const before = readCompiledOutput(app);
  for (const name of ['other.js', 'types.d.ts', 'test/a.test.js', 'new.js']) write(name, 'after');
  write('same.js', 'before');
  rmSync(join(app, 'dist', 'gone.js'));
  expect(changedFiles(before, readCompiledOutput(app))).toEqual(['gone.js', 'new.js', 'other.js']);
});
