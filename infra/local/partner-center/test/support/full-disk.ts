import fs from 'node:fs';

const { writeSync, writeFileSync } = fs;
/** Standard output and standard error need no disk. */
const isStandardStream = (file: unknown): boolean => file === 1 || file === 2;

/** Lets this process write to the disk so many times more; then every write fails as on a full disk, until `freeDisk`. */
export function fillDisk(writesLeft = 0): void {
  let left = writesLeft;
  const limited = <Given extends unknown[], Result>(write: (...given: Given) => Result) => {
    return (...given: Given): Result => {
      if (isStandardStream(given[0])) return write(...given);
      left -= 1;
      if (left >= 0) return write(...given);
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
  };
  Object.assign(fs, { writeSync: limited(writeSync), writeFileSync: limited(writeFileSync) });
}

/** Makes room on the disk again. */
export function freeDisk(): void {
  Object.assign(fs, { writeSync, writeFileSync });
}
