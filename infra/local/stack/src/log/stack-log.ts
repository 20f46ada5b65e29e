import { join } from 'node:path';
import type { WriteStream } from 'node:tty';
import { paintFor } from '#text/paint';
import { formatLine } from './format-line';
import { openLogFile } from './log-file';
import type { LogOrigin } from './read-entry';

/** Where a terminal's width is not known, as in a pipe, lines are not cut. */
const UNLIMITED = Number.POSITIVE_INFINITY;

/** Takes each line of each part. */
export type StackLog = (origin: LogOrigin, line: string) => void;

export interface StackLogOptions {
  /** Where the file with everything is kept, in the folder `logs`. */
  readonly dataDir: string;
  /** Show every line on the terminal, and each as it was written. */
  readonly verbose: boolean;
  readonly terminal: Pick<WriteStream, 'write' | 'columns' | 'isTTY'>;
  readonly env: NodeJS.ProcessEnv;
}

/** The log of a running stack: to a person what a person wants to see, to a file everything. */
export function createStackLog({ dataDir, verbose, terminal, env }: StackLogOptions): { log: StackLog; file: string } {
  const file = openLogFile(join(dataDir, 'logs'));
  const paint = paintFor(terminal, env);
  const log: StackLog = (origin, line) => {
    const at = new Date();
    file.write(`${at.toISOString()} ${origin} ${line}`);
    const width = terminal.isTTY ? terminal.columns : UNLIMITED;
    const shown = formatLine(at, origin, line, { paint, verbose, width });
    if (shown !== undefined) terminal.write(`${shown}\n`);
  };
  return { log, file: file.path };
}
