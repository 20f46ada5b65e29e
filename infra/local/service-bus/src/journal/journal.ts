import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Operation } from './operations';
import { type Damage, encodeRecord, readRecords } from './records';

/** Called once the operations are on disk, or with the error that kept them from it. */
type Written = (error: Error | undefined) => void;

interface Entry {
  readonly record: Buffer;
  readonly written: Written;
}

/** How many bytes of a snapshot are gathered into one write. */
const BATCH_SIZE = 1024 * 1024;
const NAME = /^journal-(\d{8})\.log$/;

/** Where a journal lives and how it works. */
export interface JournalOptions {
  readonly folder: string;
  /** Acknowledge only after `fdatasync`. */
  readonly sync: boolean;
  /** The size of the file, bytes, from which on it may be compacted. */
  readonly compactAbove: number;
  /** Go on from a damaged file, without what can't be read in it; the damaged file is kept as a copy. */
  readonly recover?: boolean;
  readonly log: (line: string) => void;
}

/** The state that a journal keeps: at start its operations are applied again, and a compaction asks for it as a whole. */
interface Kept {
  /** Whether what the operation is about is there. */
  apply(operation: Operation): boolean;
  /** About how many bytes a file with the present state alone would take. */
  liveBytes(): number;
  snapshot(): Iterable<Operation>;
}

/**
 * An append-only file of records `length, crc32, operations`. What is appended in one tick is written together (group commit) and only
 * then acknowledged. A write survives the death of the process; with `sync` also a power cut. One file at a time: when less than half
 * of a large file is alive, the present state is written to a new file beside it, which a rename puts in its place.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #kept: Kept;
  #number: number;
  #file: number;
  #size: number;
  #queue: Entry[] = [];
  #busy = false;
  #closed = false;
  #compactAbove: number;
  /** Bytes that were appended and are not on disk yet. */
  backlog = 0;
  /** Set by tests of a full disk: every write fails with it. */
  failure: Error | undefined;

  private constructor(options: JournalOptions, kept: Kept, number: number, file: number, size: number) {
    this.#options = options;
    this.#kept = kept;
    this.#number = number;
    this.#file = file;
    this.#size = size;
    this.#compactAbove = options.compactAbove;
  }

  /**
   * Opens the journal in a folder, calling `kept.apply` for every operation in it. A torn tail is truncated. Throws, and changes nothing
   * on the disk, when something can't be read although records follow it, unless it is to recover.
   */
  static open(options: JournalOptions, kept: Kept): Journal {
    const { folder, recover = false, log } = options;
    mkdirSync(folder, { recursive: true });
    const numbers = journalsIn(folder);
    // A process that dies between a compaction's last steps leaves two files; the newer one is complete, or it had a temporary name.
    const number = numbers.at(-1) ?? 1;
    const path = pathOf(folder, number);
    const file = openSync(path, 'a+');
    let baseless = 0;
    const { records, damages, end } = closedOnError(file, () =>
      readRecords(
        file,
        (operations) => {
          for (const operation of operations) if (!applied(operation, kept, recover)) baseless++;
        },
        (damage) => {
          if (!recover) throw damaged(path, damage);
        },
      ),
    );
    const torn = fstatSync(file).size - end;
    if (damages.length > 0) {
      const copy = keepCopy(path);
      const bytes = damages.reduce((sum, { from, to }) => sum + to - from, 0);
      log(
        `recovered ${records} records of ${path}; dropped ${bytes} bytes that can't be read, at byte ${damages.map(({ from }) => from).join(', ')}` +
          `${baseless > 0 ? `, and ${baseless} changes that rest on them` : ''}; the damaged file is kept as ${copy}`,
      );
    }
    if (torn > 0) log(`truncated a torn tail of ${torn} bytes`);
    ftruncateSync(file, end);
    for (const old of numbers.slice(0, -1)) unlinkSync(pathOf(folder, old));
    const journal = new Journal(options, kept, number, file, end);
    // The next start finds a file without damage, and nothing in it that rests on what is gone.
    if (damages.length > 0) journal.#compact();
    else journal.#compactWhenWorthwhile();
    return journal;
  }

  /** Adds operations as one atomic record; an empty list writes nothing, but is acknowledged in its turn. */
  append(operations: readonly Operation[], written: Written): void {
    if (this.#closed) return written(new Error('the journal is closed'));
    const record = operations.length === 0 ? Buffer.alloc(0) : encodeRecord(operations);
    this.#queue.push({ record, written });
    this.backlog += record.length;
    if (this.#queue.length === 1 && !this.#busy) setImmediate(() => this.#writeGroup());
  }

  /** Writes what waits, and closes the file. What still waits for `fdatasync` is never acknowledged. */
  close(): void {
    this.#writeGroup();
    this.#closed = true;
    closeSync(this.#file);
  }

  #writeGroup(): void {
    if (this.#busy || this.#closed) return;
    const group = this.#queue;
    this.#queue = [];
    if (group.length === 0) return;
    const before = this.#size;
    try {
      if (this.failure) throw this.failure;
      const bytes = Buffer.concat(group.map((entry) => entry.record));
      writeAll(this.#file, bytes);
      this.#size += bytes.length;
    } catch (error) {
      return this.#fail(group, before, error instanceof Error ? error : new Error(String(error)));
    }
    if (!this.#options.sync) return this.#finish(group);
    this.#busy = true;
    fdatasync(this.#file, (error) => {
      if (this.#closed) return;
      this.#busy = false;
      if (error) this.#fail(group, before, error);
      else this.#finish(group);
      if (this.#queue.length > 0) this.#writeGroup();
    });
  }

  #finish(group: readonly Entry[]): void {
    this.#answer(group, undefined);
    this.#compactWhenWorthwhile();
  }

  /**
   * Half a group may be on disk: it is truncated, so that the file ends with the last acknowledged record. What came meanwhile fails
   * too, because it may rest on what failed (a duplicate is acknowledged only when the first one is safe).
   */
  #fail(group: readonly Entry[], size: number, error: Error): void {
    ftruncateSync(this.#file, size);
    this.#size = size;
    const waiting = this.#queue;
    this.#queue = [];
    this.#answer([...group, ...waiting], error);
  }

  #answer(entries: readonly Entry[], error: Error | undefined): void {
    for (const { record, written } of entries) {
      this.backlog -= record.length;
      written(error);
    }
  }

  #compactWhenWorthwhile(): void {
    if (this.#size < this.#compactAbove || this.#kept.liveBytes() * 2 > this.#size) return;
    const { compactAbove, log } = this.#options;
    try {
      this.#compact();
      this.#compactAbove = compactAbove;
    } catch (error) {
      // Whichever file is the journal now stays in use, and is whole; the next attempt comes when it has grown on.
      this.#compactAbove = this.#size + compactAbove;
      log(`could not compact the journal: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #compact(): void {
    const { folder, sync } = this.#options;
    const next = pathOf(folder, this.#number + 1);
    const beside = `${next}.tmp`;
    const file = openSync(beside, 'ax+');
    let size = 0;
    try {
      for (const batch of batches(this.#kept.snapshot())) {
        writeAll(file, batch);
        size += batch.length;
      }
      fdatasyncSync(file);
      renameSync(beside, next);
    } catch (error) {
      closeSync(file);
      unlinkSync(beside);
      throw error;
    }
    // The new file is the journal from here on, whatever becomes of the old one: a start takes the highest number.
    const old = { file: this.#file, path: pathOf(folder, this.#number) };
    this.#file = file;
    this.#number++;
    this.#size = size;
    closeSync(old.file);
    if (sync) syncFolder(folder);
    unlinkSync(old.path);
  }
}

function closedOnError<T>(file: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Applies an operation, and answers whether what it is about is there. To recover, one whose base is gone does not end the start. */
function applied(operation: Operation, kept: Kept, recover: boolean): boolean {
  try {
    return kept.apply(operation);
  } catch (error) {
    if (!recover) throw error;
    return false;
  }
}

function damaged(path: string, { from, to }: Damage): Error {
  return new Error(
    `${path} is damaged: what stands from byte ${from} to byte ${to} can't be read, although there are records behind it. ` +
      'The file was left as it is. Put back a copy of it, or start with --recover to go on without what stands there ' +
      '(the damaged file is kept then).',
  );
}

/** Copies a file under a name that is free, which it answers. */
function keepCopy(path: string): string {
  let copy = `${path}.damaged`;
  for (let count = 2; existsSync(copy); count++) copy = `${path}.damaged-${count}`;
  copyFileSync(path, copy, constants.COPYFILE_EXCL);
  return copy;
}

/** The operations as encoded records, gathered into chunks that are worth a write. */
function* batches(operations: Iterable<Operation>): Generator<Buffer> {
  let records: Buffer[] = [];
  let size = 0;
  for (const operation of operations) {
    const record = encodeRecord([operation]);
    records.push(record);
    size += record.length;
    if (size < BATCH_SIZE) continue;
    yield Buffer.concat(records);
    records = [];
    size = 0;
  }
  yield Buffer.concat(records);
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
  const digits = `${number}`.padStart(8, '0');
  return join(folder, `journal-${digits}.log`);
}

/** Makes the names in a folder survive a power cut, as `fdatasync` does for what is in a file. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}
