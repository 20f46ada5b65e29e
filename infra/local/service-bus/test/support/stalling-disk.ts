/** Loaded before a broker: from the message `stall` of the parent process on its disk confirms nothing, until the message `go on`. */
import fs from 'node:fs';

const { fdatasync } = fs;
const waiting: (() => void)[] = [];
let stalls = false;

process.on('message', (message) => {
  stalls = message === 'stall';
  if (!stalls) for (const sync of waiting.splice(0)) sync();
});

Object.assign(fs, {
  fdatasync: (file: number, done: (error: Error | null) => void) => {
    const sync = (): void => fdatasync(file, done);
    if (stalls) waiting.push(sync);
    else sync();
  },
});
