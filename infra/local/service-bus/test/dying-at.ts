import { join } from 'node:path';
import type { RunOptions } from './broker-process';

/** The start of a broker that dies at a moment of its first compaction (die-in-compaction.ts). */
export function dyingAt(moment: number): RunOptions {
  return { require: join(__dirname, 'die-in-compaction.js'), env: { DIE_AT: String(moment) } };
}
