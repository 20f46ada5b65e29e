import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const LIMIT_BYTES = 5_000_000;

/** A file that grows across runs to a limit; what was before that is kept in one older file. */
export interface LogFile {
  readonly path: string;
  /** Appends a line. */
  write(line: string): void;
  close(): void;
}

/**
 * Opens `stack.log` in a folder, which is made if it is not there. When the file has reached the limit it becomes `stack.old.log`,
 * so both together never hold much more than twice the limit.
 */
export function openLogFile(folder: string, limitBytes = LIMIT_BYTES): LogFile {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'stack.log');
  let file = openSync(path, 'a');
  let size = fstatSync(file).size;

  function beginAnew(): void {
    closeSync(file);
    renameSync(path, join(folder, 'stack.old.log'));
    file = openSync(path, 'a');
    size = 0;
  }

  return {
    path,
    write(line) {
      if (size >= limitBytes) beginAnew();
      size += writeSync(file, `${line}\n`);
    },
    close: () => closeSync(file),
  };
}
