import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** What the stack keeps in its data folder, by who keeps it there. */
export const dataEntries = {
  storage: 'storage',
  broker: 'service-bus',
  sandbox: 'partner-center',
  functionKeys: 'function-keys.json',
  partnerCenterSecrets: 'partner-center-secrets.json',
} as const;

/** Removes what a stack has kept in the folder, and nothing else that may be there. */
export function emptyDataDir(dataDir: string): void {
  for (const name of Object.values(dataEntries)) rmSync(join(dataDir, name), { recursive: true, force: true });
}
