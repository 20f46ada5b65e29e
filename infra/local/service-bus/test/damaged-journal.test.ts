import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Journal } from '#journal/journal';
import type { Operation } from '#journal/operations';
import { encodeRecord } from '#journal/records';

const FILE = 'journal-00000001.log';
const COPY = `${FILE}.damaged`;

/** One record each: a state of sessions 0, 1, 2, ... of different sizes, bytes that look like lengths among them. */
const written = Array.from({ length: 12 }, (_, index): Operation => {
  const state = Buffer.alloc(index * 37, index % 3 === 0 ? Buffer.from([1, 0, 0, 0]) : 200 + index);
  return { kind: 'session-state', entity: 4, sessionId: `${index}`, state };
});
const records = written.map((operation) => encodeRecord([operation]));
const whole = Buffer.concat(records);
/** Where each record begins. */
const starts = records.map((_, index) => records.slice(0, index).reduce((sum, { length }) => sum + length, 0));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cartage-damage-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string): string => join(folder, name);

/** Opens the journal on these bytes. Answers the sessions that were in it, and what was logged. */
function open(bytes: Buffer, recover = false): { sessions: number[]; log: string } {
  for (const name of readdirSync(folder)) rmSync(path(name));
  writeFileSync(path(FILE), bytes);
  return reopen(recover);
}

function reopen(recover = false): { sessions: number[]; log: string } {
  const kept = new Map<number, Operation>();
  let log = '';
  const options = { folder, sync: false, compactAbove: 2 ** 30, recover, log: (line: string) => void (log += line) };
  const journal = Journal.open(options, {
    apply: (operation) => {
      if (operation.kind === 'session-state') kept.set(Number(operation.sessionId), operation);
      return true;
    },
    liveBytes: () => 2 ** 30,
    snapshot: () => kept.values(),
  });
  journal.close();
  return { sessions: [...kept.keys()], log };
}

function flip(bytes: Buffer, at: number, bit: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
  return flipped;
}

const all = written.map((_, index) => index);
const recordAt = (at: number): number => starts.findLastIndex((start) => start <= at);
const lastStart = starts.at(-1) ?? 0;

test('one flipped bit anywhere before the last record stops the start with file and place, and changes nothing', () => {
  fc.assert(
    fc.property(fc.nat(lastStart - 1), fc.nat(7), (at, bit) => {
      const bytes = flip(whole, at, bit);
      expect(() => open(bytes)).toThrow(`${path(FILE)} is damaged: what stands from byte ${starts[recordAt(at)]} `);
      expect(() => open(bytes)).toThrow('--recover');
      expect(readdirSync(folder)).toEqual([FILE]);
      expect(readFileSync(path(FILE))).toEqual(bytes);
    }),
    { numRuns: 100 },
  );
});

test('--recover keeps every record but the damaged one, and a copy of the file as it was', () => {
  fc.assert(
    fc.property(fc.nat(lastStart - 1), fc.nat(7), (at, bit) => {
      const bytes = flip(whole, at, bit);
      const lost = recordAt(at);
      const { sessions, log } = open(bytes, true);
      expect(sessions).toEqual(all.filter((session) => session !== lost));
      expect(log).toContain(
        `recovered 11 records of ${path(FILE)}; dropped ${records[lost]?.length} bytes that can't be read, at byte ${starts[lost]};`,
      );
      expect(readFileSync(path(COPY))).toEqual(bytes);
      expect(reopen()).toEqual({ sessions, log: '' });
    }),
    { numRuns: 100 },
  );
});

test('damage at several places is dropped place by place', () => {
  const bytes = flip(flip(whole, (starts[2] ?? 0) + 9, 0), (starts[7] ?? 0) + 2, 5);
  const { sessions, log } = open(bytes, true);
  expect(sessions).toEqual(all.filter((session) => session !== 2 && session !== 7));
  expect(log).toContain(`at byte ${starts[2]}, ${starts[7]};`);
});

test('a second recovery keeps the copy of the first', () => {
  open(flip(whole, 20, 0), true);
  const file = readdirSync(folder).find((name) => name.endsWith('.log')) ?? '';
  writeFileSync(path(file), flip(readFileSync(path(file)), 20, 0));
  reopen(true);
  expect(readdirSync(folder).filter((name) => name.includes('.damaged'))).toHaveLength(2);
});

test('a torn tail of every length is cut and told, and what was whole stays', () => {
  for (let length = 0; length <= whole.length; length++) {
    const { sessions, log } = open(whole.subarray(0, length));
    const count = starts.filter((start, index) => start + (records[index]?.length ?? 0) <= length).length;
    const torn = length - (starts[count] ?? whole.length);
    expect(sessions).toEqual(all.slice(0, count));
    expect(log).toBe(torn > 0 ? `truncated a torn tail of ${torn} bytes` : '');
  }
});

test('a torn tail behind damage is cut as well', () => {
  const { sessions, log } = open(flip(whole, 9, 1).subarray(0, whole.length - 1), true);
  expect(sessions).toEqual(all.slice(1, -1));
  expect(log).toContain('truncated a torn tail');
});

test('a file larger than what is read at once is judged in the same way', () => {
  const big = encodeRecord([
    { kind: 'session-state', entity: 4, sessionId: '100', state: Buffer.alloc(3 * 1024 * 1024, 7) },
  ]);
  const bytes = Buffer.concat([big, whole, big, whole]);
  expect(() => open(flip(bytes, 2, 6))).toThrow('from byte 0 ');
  expect(() => open(flip(bytes, big.length + 9, 6))).toThrow(`from byte ${big.length} `);
  expect(open(flip(bytes, big.length + 9, 6), true).sessions).toContain(100);
  expect(open(bytes.subarray(0, -1)).log).toContain('truncated a torn tail');
});
