import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockFolder, type FolderLock } from './lock-folder';

/** What the stack keeps in its data folder, by who keeps it there. */
export const dataEntries = {
  storage: 'storage',
  broker: 'service-bus',
  sandbox: 'partner-center',
  functionKeys: 'function-keys.json',
  partnerCenterSecrets: 'partner-center-secrets.json',
} as const;

/**
 * Removes what a stack has kept in the folder, and nothing else that may be there. Rejects, with nothing removed, when a broker or a
 * sandbox that was started by itself uses its part of the folder.
 */
export async function emptyDataDir(dataDir: string): Promise<void> {
  const locks: FolderLock[] = [];
  try {
    for (const name of [dataEntries.broker, dataEntries.sandbox]) locks.push(await lockFolder(join(dataDir, name)));
    for (const name of Object.values(dataEntries)) rmSync(join(dataDir, name), { recursive: true, force: true });
  } finally {
    for (const lock of locks) lock.release();
  }
}
