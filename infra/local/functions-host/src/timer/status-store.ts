import { json } from 'node:stream/consumers';
import { BlobServiceClient, RestError } from '@azure/storage-blob';
import { scheduleStatus, type ScheduleStatus } from './status';

/** Keeps the statuses of the timers when the host restarts. */
export interface StatusStore {
  read(functionName: string): Promise<ScheduleStatus | undefined>;
  write(functionName: string, status: ScheduleStatus): Promise<void>;
}

/**
 * Keeps statuses in blobs of the AzureWebJobsStorage account, at the paths of the real host.
 * @param connectionString of the storage account
 */
export function createBlobStatusStore(connectionString: string, hostId: string): StatusStore {
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('azure-webjobs-hosts');
  const blob = (functionName: string) =>
    container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${functionName}/status`);

  /** True when the blob or its container does not exist. */
  const isNotFound = (error: unknown): boolean => error instanceof RestError && error.statusCode === 404;

  async function upload(functionName: string, status: ScheduleStatus): Promise<void> {
    const text = JSON.stringify(status);
    await blob(functionName).upload(text, Buffer.byteLength(text));
  }

  return {
    async read(functionName) {
      try {
        const { readableStreamBody: body } = await blob(functionName).download();
        return scheduleStatus.parse(body && (await json(body)));
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    async write(functionName, status) {
      try {
        await upload(functionName, status);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        await container.createIfNotExists();
        await upload(functionName, status);
      }
    },
  };
}
