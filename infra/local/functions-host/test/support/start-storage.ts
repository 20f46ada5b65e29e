import { startChild } from '@cartage/stack/child';
import { localSettings } from '@cartage/stack/settings';

/** An Azurite in memory. */
export interface TestStorage {
  /** Its connection string. */
  readonly connection: string;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startStorage(): Promise<TestStorage> {
  const child = await startChild({
    name: 'storage',
    script: require.resolve('@cartage/stack/storage'),
    args: ['--blob-port', '0', '--table-port', '0', '--in-memory'],
    env: process.env,
    log: () => undefined,
  });
  const { blobPort: blob = 0, tablePort: table = 0 } = child.ready;
  const ports = { blob, table, broker: 0, brokerAdmin: 0, sandbox: 0 };
  return {
    connection: localSettings(ports, '', {}).StorageConnection,
    [Symbol.asyncDispose]: () => child.stop(),
  };
}
