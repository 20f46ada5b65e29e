import fs from 'node:fs';

/**
 * Loaded before the sandbox (`node --require`): while the file that DISK_FULL names exists, every write to disk fails
 * as on a full one.
 */
const sign = process.env['DISK_FULL'];
if (sign === undefined) throw new Error('DISK_FULL names no file');

function refuseWhenFull<Given extends unknown[], Result>(write: (...given: Given) => Result) {
  return (...given: Given): Result => {
    if (!fs.existsSync(sign ?? '')) return write(...given);
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
}

Object.assign(fs, { writeSync: refuseWhenFull(fs.writeSync), writeFileSync: refuseWhenFull(fs.writeFileSync) });
