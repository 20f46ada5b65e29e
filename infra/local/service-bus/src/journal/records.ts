import { readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { type Operation, decodeOperations, encodeOperations, isOperationCode } from './operations';

const READ_SIZE = 1024 * 1024;
const HEADER = 8;

/** One record: its length and CRC-32, four bytes each, and the operations. */
export function encodeRecord(operations: readonly Operation[]): Buffer {
  const payload = encodeOperations(operations);
  const header = Buffer.allocUnsafe(HEADER);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt32LE(crc32(payload), 4);
  return Buffer.concat([header, payload]);
}

/** A stretch of a journal that can't be read, in bytes of the file. */
export interface Damage {
  readonly from: number;
  readonly to: number;
}

/** What a journal file holds. */
export interface Reading {
  /** How many records could be read. */
  readonly records: number;
  /** What can't be read although records follow it. */
  readonly damages: readonly Damage[];
  /** Where the last record ends that can be read. What follows is the rest of a write that a crash cut short. */
  readonly end: number;
}

/**
 * Reads the records of a file, oldest first, in pieces. `record` gets the operations of each. At what can't be read `damaged` decides
 * whether to go on behind it; when nothing behind it can be read it is a torn tail, and the file ends there.
 */
export function readRecords(
  file: number,
  record: (operations: readonly Operation[]) => void,
  damaged: (damage: Damage) => void,
): Reading {
  const damages: Damage[] = [];
  let records = 0;
  let pending: Buffer = Buffer.alloc(0);
  /** Where in the file `pending` begins. */
  let at = 0;
  for (let isOver = false; !isOver;) {
    const chunk = Buffer.allocUnsafe(READ_SIZE);
    const read = readSync(file, chunk, 0, READ_SIZE, at + pending.length);
    isOver = read === 0;
    pending = Buffer.concat([pending, chunk.subarray(0, read)]);
    for (;;) {
      const found = readRecord(pending, 0);
      if (found.kind === 'cut' && !isOver) break;
      if (found.kind === 'record') {
        record(found.operations);
        records++;
        pending = pending.subarray(found.end);
        at += found.end;
        continue;
      }
      if (pending.length === 0) break;
      pending = Buffer.concat([pending, readRest(file, at + pending.length)]);
      const next = nextRecord(pending);
      if (next === undefined) return { records, damages, end: at };
      const damage: Damage = { from: at, to: at + next };
      damaged(damage);
      damages.push(damage);
      pending = pending.subarray(next);
      at += next;
    }
  }
  return { records, damages, end: at };
}

type Found =
  | { readonly kind: 'record'; readonly operations: readonly Operation[]; readonly end: number }
  /** The bytes end within it, or its length is wrong. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'damaged' };

function readRecord(bytes: Buffer, at: number): Found {
  if (at + HEADER > bytes.length) return { kind: 'cut' };
  const length = bytes.readUInt32LE(at);
  const end = at + HEADER + length;
  if (end > bytes.length) return { kind: 'cut' };
  const payload = bytes.subarray(at + HEADER, end);
  if (length === 0 || crc32(payload) !== bytes.readUInt32LE(at + 4)) return { kind: 'damaged' };
  return { kind: 'record', operations: decodeOperations(payload), end };
}

/** Where the first record begins behind the one at 0, which can't be read: where that says that it ends, or else anywhere. */
function nextRecord(bytes: Buffer): number | undefined {
  const stated = HEADER + (bytes.length < HEADER ? 0 : bytes.readUInt32LE(0));
  const isRecord = (at: number): boolean =>
    isOperationCode(bytes[at + HEADER] ?? 0) && readRecord(bytes, at).kind === 'record';
  if (isRecord(stated)) return stated;
  for (let at = 1; at + HEADER < bytes.length; at++) if (isRecord(at)) return at;
  return undefined;
}

function readRest(file: number, from: number): Buffer {
  const chunks: Buffer[] = [];
  for (let position = from; ;) {
    const chunk = Buffer.allocUnsafe(READ_SIZE);
    const read = readSync(file, chunk, 0, READ_SIZE, position);
    if (read === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, read));
    position += read;
  }
}
