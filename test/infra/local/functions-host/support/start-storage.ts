import { resolve } from 'node:path';
import { startChild, type Child } from '#local/child';
import { localSettings } from '#local/settings';

/** Starts an Azurite in memory; answers its connection string too. */
export async function startStorage(): Promise<{ child: Child; connection: string }> {
  const child = await startChild({
    name: 'storage',
    script: resolve('dist/infra/local/storage/main.js'),
    args: ['--blob-port', '0', '--table-port', '0', '--in-memory'],
    env: process.env,
    log: () => undefined,
  });
  const { blobPort: blob = 0, tablePort: table = 0 } = child.ready;
  const ports = { blob, table, broker: 0, brokerAdmin: 0, sandbox: 0 };
  return { child, connection: localSettings(ports, '', {}).StorageConnection };
}
