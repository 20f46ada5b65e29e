import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Operation, decodeOperations, encodeOperations } from './operations';

/** Called once the operations are on disk, or with the error that kept them from it. */
export type Written = (error: Error | undefined) => void;

interface Entry {
  record: Buffer;
  written: Written;
}

const READ_SIZE = 1024 * 1024;
const HEADER = 8;
const NAME = /^journal-(\d{8})\.log$/;

/**
 * An append-only file of records `length, crc32, operations`. What is appended in one tick is written together (group commit) and only
 * then acknowledged. A write survives the death of the process; with `sync` also a power cut. One file at a time: a compacted journal
 * is written beside it, put in place by a rename, and the old file is deleted.
 */
export class Journal {
  private queue: Entry[] = [];
  private busy = false;
  /** Set by tests of a full disk: every write fails with it. */
  failure: Error | undefined;

  private constructor(
    private readonly folder: string,
    private number: number,
    private file: number,
    private size: number,
    private readonly sync: boolean,
  ) {}

  /** Opens the journal in `folder`, calling `apply` for every operation in it. A torn tail is cut off. */
  static open(folder: string, sync: boolean, apply: (operation: Operation) => void): Journal {
    mkdirSync(folder, { recursive: true });
    const numbers = journalsIn(folder);
    const number = numbers.at(-1) ?? 1;
    for (const old of numbers.slice(0, -1)) unlinkSync(pathOf(folder, old));
    const file = openSync(pathOf(folder, number), 'a+');
    const size = replay(file, apply);
    ftruncateSync(file, size);
    return new Journal(folder, number, file, size, sync);
  }

  /** The bytes in the file. */
  get bytes(): number {
    return this.size;
  }

  /** Adds operations as one atomic record. */
  append(operations: readonly Operation[], written: Written): void {
    this.queue.push({ record: encodeRecord(operations), written });
    if (this.queue.length === 1 && !this.busy) setImmediate(() => this.writeGroup());
  }

  /** Replaces the file by one that holds `operations` alone: the whole present state. Nothing may be waiting. */
  compact(operations: Iterable<Operation>): void {
    const next = this.number + 1;
    const path = pathOf(this.folder, next);
    const file = openSync(`${path}.tmp`, 'w+');
    let size = 0;
    for (const operation of operations) {
      const record = encodeRecord([operation]);
      writeAll(file, record);
      size += record.length;
    }
    fdatasyncSync(file);
    closeSync(file);
    renameSync(`${path}.tmp`, path);
    closeSync(this.file);
    unlinkSync(pathOf(this.folder, this.number));
    this.file = openSync(path, 'a+');
    this.number = next;
    this.size = size;
  }

  /** True when nothing waits to be written. */
  get idle(): boolean {
    return this.queue.length === 0 && !this.busy;
  }

  /** Writes what waits, and closes the file. */
  close(): void {
    if (!this.busy) this.writeGroup();
    closeSync(this.file);
  }

  private writeGroup(): void {
    const group = this.queue;
    this.queue = [];
    if (group.length === 0) return;
    try {
      if (this.failure) throw this.failure;
      const [only] = group;
      const bytes = group.length === 1 && only ? only.record : Buffer.concat(group.map((entry) => entry.record));
      writeAll(this.file, bytes);
      this.size += bytes.length;
    } catch (error) {
      // Half a group may be on disk: cut it off, so that the file ends with the last acknowledged record.
      ftruncateSync(this.file, this.size);
      return acknowledge(group, error instanceof Error ? error : new Error(String(error)));
    }
    if (!this.sync) return acknowledge(group, undefined);
    this.busy = true;
    fdatasync(this.file, (error) => {
      this.busy = false;
      acknowledge(group, error ?? undefined);
      if (this.queue.length > 0) this.writeGroup();
    });
  }
}

function acknowledge(group: readonly Entry[], error: Error | undefined): void {
  for (const entry of group) entry.written(error);
}

function journalsIn(folder: string): number[] {
  const numbers: number[] = [];
  for (const name of readdirSync(folder)) {
    const match = NAME.exec(name);
    if (match) numbers.push(Number(match[1]));
    else if (name.endsWith('.log.tmp')) unlinkSync(join(folder, name));
  }
  return numbers.toSorted((a, b) => a - b);
}

function pathOf(folder: string, number: number): string {
  return join(folder, `journal-${String(number).padStart(8, '0')}.log`);
}

function encodeRecord(operations: readonly Operation[]): Buffer {
  const payload = encodeOperations(operations);
  const header = Buffer.allocUnsafe(HEADER);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt32LE(crc32(payload), 4);
  return Buffer.concat([header, payload]);
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** Reads the records of a file in pieces. Returns where the last whole record ends. */
function replay(file: number, apply: (operation: Operation) => void): number {
  let pending: Buffer = Buffer.alloc(0);
  let end = 0;
  for (let position = 0; ;) {
    const chunk = Buffer.allocUnsafe(READ_SIZE);
    const read = readSync(file, chunk, 0, READ_SIZE, position);
    position += read;
    pending = Buffer.concat([pending, chunk.subarray(0, read)]);
    const { used, damaged } = replayBuffer(pending, apply);
    end += used;
    if (damaged || read === 0) return end;
    pending = pending.subarray(used);
  }
}

/** Applies the whole records in `bytes`. Returns how many bytes they take, and whether a damaged record follows. */
function replayBuffer(bytes: Buffer, apply: (operation: Operation) => void): { used: number; damaged: boolean } {
  let used = 0;
  while (used + HEADER <= bytes.length) {
    const length = bytes.readUInt32LE(used);
    const end = used + HEADER + length;
    if (end > bytes.length) break;
    const payload = bytes.subarray(used + HEADER, end);
    if (length === 0 || crc32(payload) !== bytes.readUInt32LE(used + 4)) return { used, damaged: true };
    for (const operation of decodeOperations(payload)) apply(operation);
    used = end;
  }
  return { used, damaged: false };
}
