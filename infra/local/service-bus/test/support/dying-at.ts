import type { ProcessOptions } from './broker-process';

/** A broker's process that dies at a moment of its first compaction (die-in-compaction.ts). */
export function dyingAt(moment: number): ProcessOptions {
  return { require: require.resolve('#test/support/die-in-compaction'), env: { DIE_AT: `${moment}` } };
}
