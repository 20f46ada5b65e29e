import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Journal } from '#journal/journal';
import type { Operation } from '#journal/operations';

const MEGABYTE = 1024 * 1024;
/** The size from which on a journal may be compacted, megabytes. */
const COMPACT_ABOVE = 4;
const FIRST = 'journal-00000001.log';
const SECOND = 'journal-00000002.log';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cartage-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A journal of one session's state, a megabyte of one number. */
class Kept {
  #last: Operation[] = [];
  readonly #journal: Journal;
  log = '';
  value: number | undefined;

  constructor(sync: boolean) {
    this.#journal = Journal.open(
      { folder, sync, compactAbove: COMPACT_ABOVE * MEGABYTE, log: (line) => (this.log += line) },
      {
        apply: (operation) => {
          this.#apply(operation);
          return true;
        },
        liveBytes: () => this.#last.length * MEGABYTE,
        snapshot: () => this.#last,
      },
    );
  }

  async write(value: number): Promise<void> {
    const state = Buffer.alloc(MEGABYTE, value);
    const operation: Operation = { kind: 'session-state', entity: 1, sessionId: 's', state };
    await new Promise<void>((fulfil, reject) =>
      this.#journal.append([operation], (error) => {
        if (error) return reject(error);
        this.#apply(operation);
        fulfil();
      }),
    );
  }

  /** Writes until the journal is worth compacting. */
  async writeMuch(): Promise<void> {
    for (let value = 0; value < COMPACT_ABOVE + 2; value++) await this.write(value);
  }

  close(): void {
    this.#journal.close();
  }

  #apply(operation: Operation): void {
    this.#last = [operation];
    this.value = operation.kind === 'session-state' ? operation.state?.at(-1) : undefined;
  }
}

/** Goes on writing, then starts again on the same folder. Returns the journal after the start. */
async function goOn(kept: Kept): Promise<Kept> {
  await kept.write(100);
  kept.close();
  const again = new Kept(false);
  again.close();
  return again;
}

test.each([false, true])('a journal that is mostly dead is compacted, and goes on (sync: %p)', async (sync) => {
  const kept = new Kept(sync);
  await kept.writeMuch();
  expect(kept.log).toBe('');
  expect(readdirSync(folder)).toEqual([SECOND]);
  expect((await goOn(kept)).value).toBe(100);
});

test.each([
  ['the new file cannot be made', `${SECOND}.tmp`, [FIRST]],
  ['the new file cannot be put in its place', SECOND, [FIRST]],
  ['the old file cannot be removed', FIRST, [SECOND]],
])('when %s, the journal goes on without losing anything', async (_, obstacle, left) => {
  const kept = new Kept(false);
  // A folder of that name stands in the way.
  rmSync(join(folder, obstacle), { force: true });
  mkdirSync(join(folder, obstacle));
  await kept.writeMuch();
  expect(kept.log).toContain('could not compact');
  rmSync(join(folder, obstacle), { recursive: true });
  expect(readdirSync(folder)).toEqual(left);
  expect((await goOn(kept)).value).toBe(100);
});
