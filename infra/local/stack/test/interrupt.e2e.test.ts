import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { eventually } from '#eventually';
import { FREE_PORTS, runScript } from '#test/support/run-script';

/** How many moments of a start are tried, and how far they lie apart: the last one is after the start. */
const MOMENTS = 8;
const STEP_MS = 280;

/** The processes that work on a folder: each has it in its command line. */
function processesOn(folder: string): number[] {
  return execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(folder) && !line.includes('ps -A'))
    .map((line) => Number.parseInt(line, 10));
}

async function startAndEnd(signal: 'SIGINT' | 'SIGKILL', afterMs: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'cartage-interrupt-'));
  const { child, exit, stdout, stderr } = runScript('start', ['--data', folder, ...FREE_PORTS]);
  try {
    await sleep(afterMs); // the moment is the case, not a wait for something
    child.kill(signal);
    await exit;
    // A part whose parent was killed ends itself a moment later; after Ctrl-C nothing may be left at all.
    if (signal === 'SIGKILL') await eventually('every part is gone', () => processesOn(folder).length === 0);
    expect({ afterMs, left: processesOn(folder), log: stderr() }).toMatchObject({ left: [] });
    return stdout();
  } finally {
    for (const pid of processesOn(folder)) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

test('Ctrl-C leaves no process, whatever the moment of the start', async () => {
  for (let moment = 0; moment < MOMENTS; moment++) await startAndEnd('SIGINT', 50 + moment * STEP_MS);
}, 180_000);

test('no part outlives a start that is killed, whatever the moment', async () => {
  for (let moment = 0; moment < 3; moment++) await startAndEnd('SIGKILL', 400 + moment * 3 * STEP_MS);
}, 120_000);
