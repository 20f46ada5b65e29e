import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';

/** One change: [collection, key, record], or [collection, key] for a deletion. */
export type Change = readonly [collection: string, key: string, record?: unknown];

const transactionSchema = z.array(z.tuple([z.string(), z.string()], z.unknown()));

/** How a journal is opened. */
export interface JournalOptions {
  /** Go on from a damaged file, without the lines that can't be read; the damaged file is kept as a copy. */
  readonly recover?: boolean;
  readonly log?: (line: string) => void;
}

/**
 * An append-only file, one line per transaction: its CRC-32 in eight hex digits, a space, and the changes as JSON. It is written before
 * the answer leaves. The operating system has the bytes when `append` returns, so they survive SIGKILL (not a power cut: nothing is
 * synced). A line torn by a crash is dropped at the next start, so a transaction is there whole or not at all.
 */
export class Journal {
  readonly #path: string;
  readonly #options: JournalOptions;
  #file: number;
  /** Where the last whole transaction ends; what lies beyond is left over from a failed write. */
  #end: number;

  constructor(path: string, options: JournalOptions = {}) {
    this.#path = path;
    this.#options = options;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'a');
    this.#end = fstatSync(this.#file).size;
  }

  /**
   * All changes since the first start, oldest first. Throws, and leaves the file as it is, when a whole line can't be read, unless it
   * is to recover.
   */
  *read(): Generator<Change> {
    if (!existsSync(this.#path)) return;
    const { recover = false, log = console.error } = this.#options;
    const { lines, torn, damages } = readLines(readFileSync(this.#path));
    const [first] = damages;
    if (first !== undefined) {
      if (!recover) throw damaged(this.#path, first);
      const copy = keepCopy(this.#path);
      log(
        `Recovered ${lines.length} transactions of ${this.#path}; dropped ${damages.length} that can't be read ` +
          `(${damages.reduce((sum, { bytes }) => sum + bytes, 0)} bytes, line ${damages.map(({ line }) => line).join(', ')}); the damaged file is kept as ${copy}`,
      );
    }
    if (torn > 0) log(`Cut off a torn line of ${torn} bytes at the end of ${this.#path}`);
    for (const changes of lines) yield* changes;
    if (first !== undefined || torn > 0) this.#replace(lines);
  }

  /** Writes one transaction, whole or not at all: after an error (a full disk) the part that was written is cut off again. */
  append(changes: readonly Change[]): void {
    const bytes = Buffer.from(lineOf(changes));
    this.#cutOff();
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
    } catch (error) {
      this.#cutOffAfter(error);
      throw error;
    }
    this.#end += bytes.length;
  }

  /** Replaces the whole history by these changes (atomic: written to another file, then renamed). */
  compact(changes: Iterable<Change>): void {
    this.#replace([...changes].map((change) => [change]));
  }

  close(): void {
    closeSync(this.#file);
  }

  #cutOff(): void {
    if (fstatSync(this.#file).size > this.#end) ftruncateSync(this.#file, this.#end);
  }

  /** Should even that fail, the next append begins with it, and a restart drops the torn line. */
  #cutOffAfter(failure: unknown): void {
    try {
      this.#cutOff();
    } catch (error) {
      console.error('The journal could not be cut off after', failure, error);
    }
  }

  #replace(transactions: readonly (readonly Change[])[]): void {
    const written = `${this.#path}.new`;
    writeFileSync(written, transactions.map(lineOf).join(''));
    renameSync(written, this.#path);
    const opened = openSync(this.#path, 'a');
    closeSync(this.#file);
    this.#file = opened;
    this.#end = fstatSync(opened).size;
  }
}

/** A whole line that can't be read. */
interface Damage {
  /** Counted from 1. */
  readonly line: number;
  /** Where it begins in the file. */
  readonly at: number;
  readonly bytes: number;
}

interface Lines {
  /** The transactions that can be read. */
  readonly lines: readonly (readonly Change[])[];
  /** How many bytes follow the last newline: a transaction counts once its newline is written. */
  readonly torn: number;
  readonly damages: readonly Damage[];
}

const NEWLINE = 0x0a;

function readLines(bytes: Buffer): Lines {
  const lines: (readonly Change[])[] = [];
  const damages: Damage[] = [];
  let at = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(NEWLINE, at);
    if (end < 0) return { lines, torn: bytes.length - at, damages };
    const changes = end === at ? [] : readLine(bytes.subarray(at, end));
    if (changes === undefined) damages.push({ line, at, bytes: end - at });
    else if (changes.length > 0) lines.push(changes);
    at = end + 1;
  }
}

const CHECKED = /^([0-9a-f]{8}) (.*)$/s;

/** The transaction of a line; undefined if it can't be read. A line of an older sandbox has no checksum. */
function readLine(bytes: Buffer): readonly Change[] | undefined {
  const text = bytes.toString();
  const [, checksum, json = text] = CHECKED.exec(text) ?? [];
  if (checksum === undefined ? !text.startsWith('[') : checksum !== checksumOf(bytes.subarray(9))) return undefined;
  try {
    return transactionSchema.parse(JSON.parse(json)).map(([collection, key, record]) => [collection, key, record]);
  } catch {
    return undefined;
  }
}

function lineOf(changes: readonly Change[]): string {
  const json = JSON.stringify(changes);
  return `${checksumOf(json)} ${json}\n`;
}

const checksumOf = (bytes: string | Buffer): string => crc32(bytes).toString(16).padStart(8, '0');

function damaged(path: string, { line, at }: Damage): Error {
  return new Error(
    `${path} is damaged: line ${line}, at byte ${at}, can't be read. The file was left as it is. ` +
      'Put back a copy of it, or start with --recover to go on without what stands there (the damaged file is kept then).',
  );
}

/** Copies a file under a name that is free, which it answers. */
function keepCopy(path: string): string {
  let copy = `${path}.damaged`;
  for (let count = 2; existsSync(copy); count++) copy = `${path}.damaged-${count}`;
  copyFileSync(path, copy, constants.COPYFILE_EXCL);
  return copy;
}
