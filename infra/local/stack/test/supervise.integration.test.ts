import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { startChild } from '#child';
import { eventually } from '#eventually';
import { supervise, type Supervised } from '#supervise';
import { isAlive } from '#test/support/is-alive';

const folder = mkdtempSync(join(tmpdir(), 'cartage-supervise-'));
const poison = join(folder, 'poison');
const script = resolve(__dirname, 'support', 'fake-part.js');
let supervised: Supervised | undefined;

afterEach(async () => {
  await supervised?.stop();
  rmSync(poison, { force: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Supervises a process that does nothing; answers it with everything that was logged of it. */
async function start(signal?: AbortSignal) {
  const log: string[] = [];
  const reasons: string[] = [];
  const add = (line: string): void => void log.push(line);
  supervised = await supervise({
    start: () => startChild({ name: 'part', script, args: [poison], env: process.env, log: add, signal }),
    log: add,
    onGiveUp: (reason) => reasons.push(reason),
    firstPauseMs: 1,
    signal,
  });
  return { part: supervised, log, reasons };
}

test('what dies runs again', async () => {
  const { part, log } = await start();
  const first = part.pid();
  process.kill(first, 'SIGKILL');
  await eventually('it runs again', () => log.includes('runs again'));
  expect(part.pid()).not.toBe(first);
  expect(log).toEqual(['died (signal SIGKILL)', 'runs again']);
});

test('what was killed stays down until it is started again', async () => {
  const { part, log } = await start();
  await part.kill();
  expect(isAlive(part.pid())).toBe(false);
  await part.restart();
  expect(isAlive(part.pid())).toBe(true);
  expect(log).toEqual([]);
});

test('a reload ends the process cleanly before the next begins', async () => {
  const { part, log } = await start();
  const first = part.pid();
  await part.reload();
  expect(isAlive(first)).toBe(false);
  expect(isAlive(part.pid())).toBe(true);
  expect(log).toEqual(['a clean end']);
});

test('a reload that fails says why, and the next one may do', async () => {
  const { part } = await start();
  writeFileSync(poison, '');
  await expect(part.reload()).rejects.toThrow('part did not start (exit code 3)\n  poisoned');
  rmSync(poison);
  await part.reload();
  expect(isAlive(part.pid())).toBe(true);
});

test('stopping while it is reloaded leaves nothing', async () => {
  const { part } = await start();
  const reloaded = part.reload();
  await part.stop();
  await reloaded;
  expect(isAlive(part.pid())).toBe(false);
});

test('what keeps dying is given up with a plain reason', async () => {
  const { part, reasons } = await start();
  writeFileSync(poison, '');
  process.kill(part.pid(), 'SIGKILL');
  await eventually('it is given up', () => reasons.length > 0);
  expect(reasons).toEqual(['died 6 times within 60 s, last with part did not start (exit code 3)\n  poisoned']);
});

test('once aborted it is dead for good', async () => {
  const abort = new AbortController();
  const { part, log } = await start(abort.signal);
  abort.abort();
  await eventually('it is dead', () => !isAlive(part.pid()));
  await part.stop();
  expect(log).toEqual([]);
  await expect(start(abort.signal)).rejects.toThrow('part did not start (signal SIGKILL)');
});
