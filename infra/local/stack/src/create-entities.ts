import { TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import type { Topology } from './project';

/** Creates the tables and containers of the topology in a storage account, unless they are there. */
export async function createEntities(connectionString: string, topology: Topology): Promise<void> {
  const tables = TableServiceClient.fromConnectionString(connectionString, { allowInsecureConnection: true });
  const blobs = BlobServiceClient.fromConnectionString(connectionString);
  await Promise.all([
    ...topology.tables.map((name) => tables.createTable(name)),
    ...topology.containers.map((name) => blobs.getContainerClient(name).createIfNotExists()),
  ]);
}
