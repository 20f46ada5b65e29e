import { createHash } from 'node:crypto';
import type { Blobs } from '#shared/azure/blobs';
import type { Bus } from '#shared/azure/bus';
import type { OddMember } from '#shared/partner-center/schema/json-types';
import type { Log } from '#shared/log';
import { publish } from '#shared/pipeline/outbox';
import { idOfRaw, unreadableEvent } from './invoice-event';

export interface UnreadableDeps {
  bus: Bus;
  invoices: Blobs;
  log: Log;
  now(): Date;
}

/** What is kept of one record, in bytes. An invoice has about 5 kB. */
const MOST_BYTES = 1024 * 1024;

/**
 * Keeps a record of the list of invoices that can't be read as it came, in `odd/`, and tells of it: by an event, once, and
 * in the log, with its id. The event goes first: whoever dies in between tells of it again, with the same id.
 */
export async function keepUnreadable({ raw, problems }: OddMember, deps: UnreadableDeps): Promise<void> {
  const content = Buffer.from(JSON.stringify(raw) ?? '');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const path = `odd/${sha256.slice(0, 32)}.json`;
  const fields = { invoiceId: idOfRaw(raw), path, problems: problems.join('; ') };
  deps.log('error', 'invoice unreadable', fields);
  if (await deps.invoices.find(path)) return;
  await publish(deps.bus, unreadableEvent(raw, problems, { path, sha256, size: content.length }, deps.now()));
  await deps.invoices.putOnce(path, content.subarray(0, MOST_BYTES), 'application/json', {
    sha256,
    origin: 'partner-center',
  });
}
