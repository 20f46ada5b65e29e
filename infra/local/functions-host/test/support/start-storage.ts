import { startChild, type Child } from '@cartage/stack/child';
import { localSettings } from '@cartage/stack/settings';

/** Starts an Azurite in memory; answers its connection string too. */
export async function startStorage(): Promise<{ child: Child; connection: string }> {
  const child = await startChild({
    name: 'storage',
    script: require.resolve('@cartage/stack/storage'),
    args: ['--blob-port', '0', '--table-port', '0', '--in-memory'],
    env: process.env,
    log: () => undefined,
  });
  const { blobPort: blob = 0, tablePort: table = 0 } = child.ready;
  const ports = { blob, table, broker: 0, brokerAdmin: 0, sandbox: 0 };
  return { child, connection: localSettings(ports, '', {}).StorageConnection };
}
