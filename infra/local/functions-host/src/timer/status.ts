import { z } from 'zod';
import type { Schedule } from './schedule';

/** A date of .NET; its first day stands for "never". */
const never = '0001-01-01T00:00:00';

const scheduleStatus = z.object({ Last: z.string(), Next: z.string(), LastUpdated: z.string() });

/** What the host remembers about a timer, in the form it is stored and handed to functions. */
export type ScheduleStatus = z.infer<typeof scheduleStatus>;

/** Keeps the statuses of the timers over restarts of the host. */
export interface StatusStore {
  read(functionName: string): Promise<ScheduleStatus | undefined>;
  write(functionName: string, status: ScheduleStatus): Promise<void>;
}

/** The status of a timer that has never run. */
export const firstStatus = (schedule: Schedule, now: Date): ScheduleStatus => ({
  Last: never,
  Next: schedule.next(now).toISOString(),
  LastUpdated: now.toISOString(),
});

/** The status after a run that began at `started` and ended at `ended`. */
export const statusAfterRun = (schedule: Schedule, started: Date, ended: Date): ScheduleStatus => ({
  Last: started.toISOString(),
  Next: schedule.next(ended).toISOString(),
  LastUpdated: ended.toISOString(),
});

/**
 * Judges a stored status at the start of the host (ScheduleMonitor.CheckPastDueAsync of azure-webjobs-sdk-extensions):
 * a run that should have been is past due; a schedule that was changed meanwhile starts anew and is not.
 */
export function judgeStatus(
  status: ScheduleStatus,
  schedule: Schedule,
  now: Date,
): { status: ScheduleStatus; isPastDue: boolean } {
  const next = new Date(status.Next);
  const wasPlanned = [status.Last, status.LastUpdated].some(
    (time) => time !== never && schedule.next(new Date(time)).getTime() === next.getTime(),
  );
  if (!wasPlanned) return { status: firstStatus(schedule, now), isPastDue: false };
  return { status, isPastDue: now > next };
}

/**
 * Keeps statuses in blobs of the AzureWebJobsStorage account, at the paths the real host uses.
 * @param connectionString of the storage account
 */
export async function createBlobStatusStore(connectionString: string, hostId: string): Promise<StatusStore> {
  const { BlobServiceClient } = await import('@azure/storage-blob');
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('azure-webjobs-hosts');
  await container.createIfNotExists();
  const blob = (functionName: string) =>
    container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${functionName}/status`);
  return {
    async read(functionName) {
      if (!(await blob(functionName).exists())) return undefined;
      return scheduleStatus.parse(JSON.parse((await blob(functionName).downloadToBuffer()).toString()));
    },
    async write(functionName, status) {
      const text = JSON.stringify(status);
      await blob(functionName).upload(text, Buffer.byteLength(text));
    },
  };
}
