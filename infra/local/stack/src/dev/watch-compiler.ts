import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';

export interface CompilerOptions {
  /** The folder with the `tsconfig.json`. */
  readonly folder: string;
  /** Show the errors in colour. */
  readonly pretty: boolean;
  /** Takes each line that the compiler writes of an error. */
  readonly onLine: (line: string) => void;
  /** Called after every compilation, with the number of errors. */
  readonly onCompiled: (errors: number) => void;
  /** Called when the compiler has ended although nobody stopped it. */
  readonly onExit: () => void;
}

const TSC = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');

/** Runs `tsc -b --watch`. Answers a function that stops it. */
export function watchCompiler({ folder, pretty, onLine, onCompiled, onExit }: CompilerOptions): () => void {
  // A process group of its own, because tsc is a script that runs the compiler as its child.
  const child = spawn(process.execPath, [TSC, '-b', '--watch', '--preserveWatchOutput', '--pretty', `${pretty}`], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let isStopped = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const read = readWatchLine(line);
    if (read.kind === 'compiled') onCompiled(read.errors);
    else if (read.kind === 'error') onLine(line);
  });
  child.once('exit', () => {
    if (!isStopped) onExit();
  });
  return () => {
    isStopped = true;
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
  };
}

/** What a line of `tsc --watch` is: the end of a compilation, part of an error's text, or nothing that matters. */
type WatchLine =
  { readonly kind: 'compiled'; readonly errors: number } | { readonly kind: 'error' } | { readonly kind: 'nothing' };

/** Reads a line of `tsc --watch`, in colour or not. */
export function readWatchLine(line: string): WatchLine {
  const text = stripVTControlCharacters(line);
  const compiled = /Found (\d+) errors?\. Watching for file changes\.$/.exec(text);
  if (compiled !== null) return { kind: 'compiled', errors: Number(compiled[1]) };
  const isBeginning = /Starting (compilation in watch mode|incremental compilation)\.\.\.$/.test(text);
  return { kind: isBeginning || text.trim() === '' ? 'nothing' : 'error' };
}
