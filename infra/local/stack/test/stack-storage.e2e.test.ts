import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { TableClient } from '@azure/data-tables';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { localSettings } from '#settings';

const ready = z.object({ blobPort: z.number(), tablePort: z.number() });

/** Runs the storage on a folder, hands its table to `use`, then ends the process in the given way. */
async function withStorage(data: string, end: 'SIGTERM' | 'disconnect', use: (table: TableClient) => Promise<void>) {
  const script = resolve(__dirname, '..', 'src', 'storage.js');
  const child = spawn(process.execPath, [script, '--blob-port', '0', '--table-port', '0', '--data', data], {
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  const exited = once(child, 'exit');
  const [line] = child.stdout === null ? [] : await once(child.stdout, 'data');
  const { blobPort: blob, tablePort: table } = ready.parse(JSON.parse(String(line)));
  const { StorageConnection } = localSettings({ blob, table, broker: 0, brokerAdmin: 0, sandbox: 0 }, data, {});
  await use(TableClient.fromConnectionString(StorageConnection, 'Things', { allowInsecureConnection: true }));
  if (end === 'SIGTERM') child.kill('SIGTERM');
  else child.disconnect();
  expect(await exited).toEqual([0, null]);
}

test.each(['SIGTERM', 'disconnect'] as const)('the storage has everything on disk when it ends by %s', async (end) => {
  const data = mkdtempSync(join(tmpdir(), 'cartage-storage-'));
  await withStorage(data, end, async (table) => {
    await table.createTable();
    await table.createEntity({ partitionKey: 'a', rowKey: 'b', text: 'kept' });
  });
  await withStorage(data, end, async (table) => {
    expect(await table.getEntity('a', 'b')).toMatchObject({ text: 'kept' });
  });
  rmSync(data, { recursive: true, force: true });
});
