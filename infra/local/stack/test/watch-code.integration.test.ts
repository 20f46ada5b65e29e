import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { watchCode } from '#dev/watch-code';
import { eventually } from '#eventually';

const root = mkdtempSync(join(tmpdir(), 'cartage-watch-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a burst of changes is one, in folders old and new; output and other files are none', async () => {
  for (const folder of ['functions/cart', 'dist', 'node_modules/x']) mkdirSync(join(root, folder), { recursive: true });
  let changes = 0;
  const unwatch = watchCode(root, () => changes++);

  writeFileSync(join(root, 'dist', 'cart.js'), '');
  writeFileSync(join(root, 'node_modules', 'x', 'x.ts'), '');
  writeFileSync(join(root, 'functions', 'README.md'), '');
  for (const name of ['a.ts', 'b.ts', 'c.json']) writeFileSync(join(root, 'functions', 'cart', name), '');
  await eventually('the burst is seen', () => changes === 1);

  mkdirSync(join(root, 'functions', 'checkout'));
  await eventually('the new folder is seen', () => changes === 2);
  writeFileSync(join(root, 'functions', 'checkout', 'd.ts'), '');
  await eventually('the file in it is seen', () => changes === 3);

  unwatch();
  expect(changes).toBe(3);
});
