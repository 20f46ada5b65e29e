/**
 * Loaded before a broker: it dies by SIGKILL at the moment DIE_AT of a compaction. The moments are those before each of its calls of
 * the file system and halfway through each of its writes, counted from 1.
 */
import fs from 'node:fs';

const dieAt = Number(process.env['DIE_AT']);
let moment = 0;
let compacting = false;

function pass(): void {
  if (compacting && ++moment === dieAt) process.kill(process.pid, 'SIGKILL');
}

const { openSync, writeSync, fdatasyncSync, fsyncSync, renameSync, closeSync, unlinkSync } = fs;

Object.assign(fs, {
  openSync: (path: string, ...rest: [string]) => {
    compacting ||= path.endsWith('.log.tmp');
    pass();
    return openSync(path, ...rest);
  },
  writeSync: (file: number, bytes: Buffer, from: number) => {
    pass();
    if (!compacting) return writeSync(file, bytes, from);
    const half = writeSync(file, bytes, from, Math.ceil((bytes.length - from) / 2));
    pass();
    return half + writeSync(file, bytes, from + half);
  },
  fdatasyncSync: (file: number) => {
    pass();
    fdatasyncSync(file);
  },
  fsyncSync: (file: number) => {
    pass();
    fsyncSync(file);
  },
  renameSync: (from: string, to: string) => {
    pass();
    renameSync(from, to);
  },
  closeSync: (file: number) => {
    pass();
    closeSync(file);
  },
  unlinkSync: (path: string) => {
    pass();
    unlinkSync(path);
  },
});
