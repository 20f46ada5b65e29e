import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type Change, Journal } from '#store/journal';

const NEWLINE = 0x0a;

let folder: string;
let path: string;
let whole: Buffer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  path = join(folder, 'journal.ndjson');
  const journal = new Journal(path);
  for (let key = 0; key < 10; key++) journal.append([['values', `${key}`, { text: 'ü'.repeat(key), count: key }]]);
  journal.close();
  whole = readFileSync(path);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The keys of what the journal holds, with these bytes as its file, and what was logged. */
function read(bytes: Buffer, recover = false): { keys: string[]; log: string } {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  writeFileSync(path, bytes);
  return reread(recover);
}

function reread(recover = false): { keys: string[]; log: string } {
  let log = '';
  const journal = new Journal(path, { recover, log: (line) => void (log += line) });
  try {
    return { keys: [...journal.read()].map(([, key]: Change) => key), log };
  } finally {
    journal.close();
  }
}

const all = Array.from({ length: 10 }, (_, key) => `${key}`);
const lineAt = (at: number): number => whole.subarray(0, at).filter((byte) => byte === NEWLINE).length;

function flip(at: number, bit: number): Buffer {
  const flipped = Buffer.from(whole);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
  return flipped;
}

/** Every place but the last byte: without that newline the last line is torn. */
const place = () => fc.nat(whole.length - 2);

test('one flipped bit anywhere stops the start with file, line and place, and changes nothing', () => {
  fc.assert(
    fc.property(place(), fc.nat(7), (at, bit) => {
      const bytes = flip(at, bit);
      expect(() => read(bytes)).toThrow(`${path} is damaged: line ${lineAt(at) + 1}, at byte `);
      expect(() => read(bytes)).toThrow('--recover');
      expect(readdirSync(folder)).toEqual(['journal.ndjson']);
      expect(readFileSync(path)).toEqual(bytes);
    }),
    { numRuns: 300 },
  );
});

test('--recover keeps every other transaction, and a copy of the file as it was', () => {
  fc.assert(
    fc.property(place(), fc.nat(7), (at, bit) => {
      const bytes = flip(at, bit);
      // A newline that is gone makes one line of two, and neither can be told from the other.
      const lost = whole[at] === NEWLINE ? [lineAt(at), lineAt(at) + 1] : [lineAt(at)];
      const { keys, log } = read(bytes, true);
      expect(keys).toEqual(all.filter((key) => !lost.includes(Number(key))));
      expect(log).toContain(`Recovered ${keys.length} transactions of ${path}; dropped `);
      expect(readFileSync(`${path}.damaged`)).toEqual(bytes);
      expect(reread()).toEqual({ keys, log: '' });
    }),
    { numRuns: 300 },
  );
});

test('a torn line of every length is cut off and told, and what was whole stays', () => {
  for (let length = 0; length <= whole.length; length++) {
    const bytes = whole.subarray(0, length);
    const torn = length - (bytes.lastIndexOf(NEWLINE) + 1);
    const { keys, log } = read(bytes);
    expect(keys).toEqual(all.slice(0, lineAt(length)));
    expect(log).toBe(torn > 0 ? `Cut off a torn line of ${torn} bytes at the end of ${path}` : '');
    expect(readFileSync(path)).toEqual(whole.subarray(0, length - torn));
  }
});

test('the lines of an older sandbox, which have no checksum, are read', () => {
  const bytes = Buffer.concat([Buffer.from('[["values","old",1]]\n'), whole]);
  expect(read(bytes).keys).toEqual(['old', ...all]);
});
