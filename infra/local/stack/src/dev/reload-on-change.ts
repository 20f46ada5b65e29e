import type { StackLog } from '#log/stack-log';
import type { Stack } from '#stack';
import { messageOf } from '#text/message-of';
import { compile } from './compile';
import { changedFiles, readCompiledOutput } from './compiled-output';
import { watchCode } from './watch-code';

export interface ReloadOptions {
  readonly stack: Pick<Stack, 'reload'>;
  /** The function app's folder, with its `tsconfig.json`. */
  readonly app: string;
  readonly log: StackLog;
  /** Show the errors of the compiler in colour. */
  readonly pretty: boolean;
}

/** How many changed files a log line names. */
const NAMED_FILES = 3;

/**
 * Compiles the app now and whenever its code changes, and starts the functions host again when the compiled code is another; the other
 * parts keep running. With compile errors the host stays as it is. Answers a function that ends this.
 *
 * `tsc -b` runs for each change instead of `tsc -b --watch`: incremental, it is as fast, and the watch mode of TypeScript 7.0.2 was seen
 * to miss changes on Linux.
 */
export function reloadOnChange({ stack, app, log, pretty }: ReloadOptions): () => void {
  let current = readCompiledOutput(app);
  let work: Promise<void> = Promise.resolve();
  /** Whether a compilation is to begin that will see every change until now. */
  let isWaiting = false;

  async function compileAndReload(): Promise<void> {
    isWaiting = false;
    if (!(await compile(app, pretty, (line) => log('tsc', line)))) {
      log('stack', 'compile errors: the host keeps running the code before');
      return;
    }
    const compiled = readCompiledOutput(app);
    const changed = changedFiles(current, compiled);
    if (changed.length === 0) log('stack', 'compiled: nothing changed for the host');
    else await reload(changed);
    current = compiled;
  }

  async function reload(changed: readonly string[]): Promise<void> {
    const started = performance.now();
    try {
      await stack.reload('host');
      log('stack', `host restarted with ${listed(changed)} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    } catch (error) {
      log('stack', `${messageOf(error)}\nThe next change starts the host again.`);
    }
  }

  function onChange(): void {
    if (isWaiting) return;
    isWaiting = true;
    work = work.then(compileAndReload).catch((error: unknown) => log('stack', messageOf(error)));
  }

  const unwatch = watchCode(app, onChange);
  log('stack', 'watching the code: a change restarts the host');
  onChange();
  return unwatch;
}

function listed(files: readonly string[]): string {
  const named = files.slice(0, NAMED_FILES).join(', ');
  return files.length > NAMED_FILES ? `${named} and ${files.length - NAMED_FILES} more files` : named;
}
