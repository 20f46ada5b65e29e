import {
  closeSync,
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
import { z } from 'zod';

/** One change: [collection, key, record], or [collection, key] for a deletion. */
export type Change = readonly [collection: string, key: string, record?: unknown];

const transactionSchema = z.array(z.tuple([z.string(), z.string()], z.unknown()));

/**
 * An append-only file, one line of JSON per transaction, written before the answer leaves. The operating system has the
 * bytes when `append` returns, so they survive SIGKILL (not a power cut: nothing is synced). A line torn by a crash is
 * dropped at the next start, so a transaction is there whole or not at all.
 */
export class Journal {
  readonly #path: string;
  #file: number;
  /** Where the last whole transaction ends; what lies beyond is left over from a failed write. */
  #end: number;

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, 'a');
    this.#end = fstatSync(this.#file).size;
  }

  /** All changes since the first start, oldest first. */
  *read(): Generator<Change> {
    if (!existsSync(this.#path)) return;
    const lines = readFileSync(this.#path, 'utf8').split('\n');
    // What follows the last newline is empty or torn: a transaction counts once its newline is written.
    for (const line of lines.slice(0, -1)) {
      if (line === '') continue;
      for (const [collection, key, record] of transactionSchema.parse(JSON.parse(line)))
        yield [collection, key, record];
    }
    const torn = lines.at(-1) ?? '';
    if (torn !== '') this.#replace(lines.slice(0, -1));
  }

  /** Writes one transaction, whole or not at all: after an error (a full disk) the part that was written is cut off again. */
  append(changes: readonly Change[]): void {
    const bytes = Buffer.from(`${JSON.stringify(changes)}\n`);
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
    this.#replace([...changes].map((change) => JSON.stringify([change])));
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

  #replace(lines: readonly string[]): void {
    const written = `${this.#path}.new`;
    writeFileSync(written, lines.map((line) => `${line}\n`).join(''));
    renameSync(written, this.#path);
    const opened = openSync(this.#path, 'a');
    closeSync(this.#file);
    this.#file = opened;
    this.#end = fstatSync(opened).size;
  }
}
