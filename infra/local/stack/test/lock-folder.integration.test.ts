import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '#eventually';
import { lockFolder } from '#lock-folder';
import { projectFolder } from '#project';
import { runFile, type RunningScript } from '#test/support/run-script';

let folder: string;
let holders: RunningScript[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cartage-lock-'));
});
afterEach(async () => {
  for (const { child } of holders) child.kill('SIGKILL');
  await Promise.all(holders.map(({ exit }) => exit));
  holders = [];
  rmSync(folder, { recursive: true, force: true });
});

/** A process that wants the folder, once it has it or knows that it does not get it. */
async function hold(): Promise<RunningScript> {
  const holder = runFile(resolve(__dirname, 'support', 'hold-folder.js'), [folder]);
  holders.push(holder);
  await eventually('it has said what it got', () => holder.stdout().endsWith('\n'));
  return holder;
}

const locks = (): string[] => readdirSync(folder).filter((name) => name.startsWith('in-use.'));

/** The lock of a process that did not remove it. */
function leave(pid: number, lock: object | string): string {
  const name = `in-use.${pid}.0.json`;
  writeFileSync(join(folder, name), typeof lock === 'string' ? lock : JSON.stringify(lock));
  return name;
}
const lockOf = (pid: number, other: object = {}): object => ({
  pid,
  command: 'node elsewhere.js',
  since: '2026-11-28T12:00:00.000Z',
  machine: hostname(),
  ...other,
});

test('a folder in use is refused with the pid and the command of its owner, and what to do', async () => {
  const owner = await hold();
  const second = await hold();
  expect(await second.exit).toEqual([1, null]);
  expect(second.stdout()).toContain(`${folder} is in use by process ${owner.child.pid} since `);
  expect(second.stdout()).toContain('hold-folder.js');
  expect(second.stdout()).toContain('Stop it, or choose another folder with --data.');
  expect(locks()).toHaveLength(1);
});

test.each(['SIGTERM', 'SIGKILL'] as const)('after its owner has ended by %s the folder is free', async (signal) => {
  const owner = await hold();
  owner.child.kill(signal);
  await owner.exit;
  expect((await hold()).stdout()).toBe('held\n');
  expect(locks()).toHaveLength(1);
});

test('what is released is free, also for the same process', async () => {
  const lock = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toThrow(`in use by process ${process.pid}`);
  lock.release();
  expect(locks()).toEqual([]);
  (await lockFolder(folder)).release();
});

test('of processes that start at once exactly one gets the folder', async () => {
  const all = await Promise.all(Array.from({ length: 6 }, hold));
  expect(all.filter((holder) => holder.stdout() === 'held\n')).toHaveLength(1);
  expect(locks()).toHaveLength(1);
});

test('the lock of a process whose pid belongs to another program now is taken over', async () => {
  const left = leave(process.pid, lockOf(process.pid, { began: 'at another time' }));
  const lock = await lockFolder(folder);
  expect(locks()).not.toContain(left);
  lock.release();
});

test('a lock that cannot be read counts while its process lives', async () => {
  const left = leave(process.pid, '{"pid":');
  await expect(lockFolder(folder)).rejects.toThrow(join(folder, left));
  rmSync(join(folder, left));
  leave(2 ** 30, '{"pid":');
  (await lockFolder(folder)).release();
  expect(locks()).toEqual([]);
});

test('a lock of another machine counts, and the file to remove is named', async () => {
  const left = leave(1, lockOf(1, { machine: 'elsewhere' }));
  await expect(lockFolder(folder)).rejects.toThrow(
    `in use by process 1 on elsewhere since 2026-11-28T12:00:00.000Z: node elsewhere.js`,
  );
  await expect(lockFolder(folder)).rejects.toThrow(`remove ${join(folder, left)}`);
});

test('the three programs that lock folders understand each other: they have the same text', () => {
  const texts = ['stack', 'service-bus', 'partner-center'].map((name) =>
    readFileSync(join(projectFolder, 'infra', 'local', name, 'src', 'lock-folder.ts'), 'utf8'),
  );
  expect(new Set(texts).size).toBe(1);
});
