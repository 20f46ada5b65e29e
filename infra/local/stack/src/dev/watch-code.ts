import { existsSync, readdirSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';

/** An editor that saves writes several times; a checkout writes many files. */
const QUIET_MS = 100;

const IGNORED = /^(dist|node_modules|\..*)$/;
const CODE = /\.(ts|json)$/;

/**
 * Calls back, once for each burst of changes, when TypeScript or JSON in a folder or below has changed; output, dependencies and hidden
 * folders do not count. Answers a function that ends this.
 */
export function watchCode(root: string, onChange: () => void): () => void {
  const watchers = new Map<string, FSWatcher>();
  let quiet: NodeJS.Timeout | undefined;

  function changed(folder: string, name: string | null): void {
    if (name !== null && (IGNORED.test(name) || !(CODE.test(name) || isNewFolder(join(folder, name))))) return;
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      watchFolders();
      onChange();
    }, QUIET_MS);
  }

  const isNewFolder = (path: string): boolean => !watchers.has(path) && isFolder(path);

  /** Watches every folder that is there, and none that is gone. */
  function watchFolders(): void {
    for (const [folder, watcher] of watchers) {
      if (existsSync(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of foldersIn(root)) {
      if (watchers.has(folder)) continue;
      const watcher = watch(folder, (_, name) => changed(folder, name));
      // A folder that is removed ends its watcher, on some systems with an error.
      watcher.on('error', () => watcher.close());
      watchers.set(folder, watcher);
    }
  }

  watchFolders();
  return () => {
    clearTimeout(quiet);
    for (const watcher of watchers.values()) watcher.close();
  };
}

/** A folder and those below it that may hold code. */
function foldersIn(folder: string): string[] {
  const below = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !IGNORED.test(entry.name),
  );
  return [folder, ...below.flatMap(({ name }) => foldersIn(join(folder, name)))];
}

function isFolder(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}
