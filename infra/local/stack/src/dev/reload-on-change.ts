import type { StackLog } from '#log/stack-log';
import type { Stack } from '#stack';
import { messageOf } from '#text/message-of';
import { changedFiles, readCompiledOutput } from './compiled-output';
import { watchCompiler } from './watch-compiler';

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
 * Compiles the app whenever its source changes, and starts the functions host again when the compiled code is another; the other parts
 * keep running. With compile errors the host stays as it is. Answers a function that ends this.
 */
export function reloadOnChange({ stack, app, log, pretty }: ReloadOptions): () => void {
  let current = readCompiledOutput(app);
  let isWatching = false;
  let work: Promise<void> = Promise.resolve();

  async function reload(): Promise<void> {
    const compiled = readCompiledOutput(app);
    const changed = changedFiles(current, compiled);
    if (changed.length === 0) return sayNothingChanged();
    current = compiled;
    const started = performance.now();
    try {
      await stack.reload('host');
      log('stack', `host restarted with ${listed(changed)} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    } catch (error) {
      log('stack', `${messageOf(error)}\nThe next change starts the host again.`);
    }
  }

  function sayNothingChanged(): void {
    log(
      'stack',
      isWatching ? 'compiled: nothing changed for the host' : 'watching the source: a change restarts the host',
    );
    isWatching = true;
  }

  function afterCompiling(errors: number): void {
    if (errors === 0) work = work.then(reload);
    else log('stack', `${errors} compile ${errors === 1 ? 'error' : 'errors'}: the host keeps running the code before`);
  }

  return watchCompiler({
    folder: app,
    pretty,
    onLine: (line) => log('tsc', line),
    onCompiled: afterCompiling,
    onExit: () => log('stack', 'the compiler has ended: changes are no longer seen'),
  });
}

function listed(files: readonly string[]): string {
  const named = files.slice(0, NAMED_FILES).join(', ');
  return files.length > NAMED_FILES ? `${named} and ${files.length - NAMED_FILES} more files` : named;
}
