/** Loaded before a broker: its disk takes half a second to be sure of anything. */
import fs from 'node:fs';

const { fdatasync } = fs;

Object.assign(fs, {
  fdatasync: (file: number, done: (error: Error | null) => void) => {
    setTimeout(() => fdatasync(file, done), 500);
  },
});
