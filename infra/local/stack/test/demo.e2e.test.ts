import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { eventually } from '#eventually';
import { isAlive } from '#test/support/is-alive';
import { runScript, type RunningScript } from '#test/support/run-script';

/** `npm run demo`, interrupted: what it has made is gone. Run to its end by `.ci/run`. */

const temporary = mkdtempSync(join(tmpdir(), 'cartage-demo-test-'));
const LIMIT_MS = 20_000;
let demo: RunningScript | undefined;

afterEach(() => void demo?.child.kill('SIGKILL'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** The processes that a process has started. */
function childrenOf(parent: number | undefined): number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
}

test.each([
  ['while the parts start', () => childrenOf(demo?.child.pid).length > 0],
  ['while purchases are on their way', () => demo?.stdout().includes('CRM  accept') === true],
])(
  'Ctrl-C %s ends every part, removes the folder, and says nothing more',
  async (when, isTheMoment) => {
    demo = runScript('demo', [], { TMPDIR: temporary });
    await eventually(when, isTheMoment, LIMIT_MS);
    const parts = childrenOf(demo.child.pid);
    expect(parts.length).toBeGreaterThan(0);
    expect(readdirSync(temporary)).toHaveLength(1);

    demo.child.kill('SIGINT');
    expect(await demo.exit).toEqual([130, null]);
    await eventually('every part has ended', () => !parts.some(isAlive), LIMIT_MS);
    expect(readdirSync(temporary)).toEqual([]);
    expect(demo.stderr()).toBe('');
  },
  LIMIT_MS * 2,
);
