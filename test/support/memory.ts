import topology from '#topology';
import type { Blobs, StoredBlob } from '#shared/azure/blobs';
import type { Bus, BusMessage, BusProperty } from '#shared/azure/bus';
import type { DeadLetter } from '#shared/azure/dead-letters';
import { typedValue } from '#shared/azure/message-body';
import type { StoredRow, Table } from '#shared/azure/table';

/** The ETag of a row's n-th state, as Table Storage writes it. */
export function anEtag(n = 1): string {
  return `W/"datetime'2026-03-01T10%3A00%3A00.${n.toString().padStart(7, '0')}Z'"`;
}

/** A table in memory with the one property the pipeline leans on: a write counts only if its ETag still holds. */
export function memoryTable(): Table {
  const partitions = new Map<string, Map<string, StoredRow>>();
  let writes = 0;
  return {
    async read(partitionKey, rowKey) {
      return partitions.get(partitionKey)?.get(rowKey);
    },
    async readAll(partitionKey) {
      const rows = [...(partitions.get(partitionKey)?.values() ?? [])];
      return rows.toSorted((a, b) => (a.rowKey < b.rowKey ? -1 : 1));
    },
    async write(partitionKey, { rowKey, values, etag }, inserts) {
      const rows = partitions.get(partitionKey) ?? new Map<string, StoredRow>();
      if (rows.get(rowKey)?.etag !== etag || inserts.some((row) => rows.has(row.rowKey))) return undefined;
      const next = anEtag(++writes);
      for (const row of [{ rowKey, values }, ...inserts]) rows.set(row.rowKey, { ...row, etag: next });
      partitions.set(partitionKey, rows);
      return next;
    },
  };
}

/** A container in memory. */
export function memoryBlobs(): Blobs & { readonly contents: Map<string, Buffer> } {
  const contents = new Map<string, Buffer>();
  const find = async (path: string): Promise<StoredBlob | undefined> => {
    const content = contents.get(path);
    return content && { path, size: content.length, createdAt: new Date(0), metadata: {} };
  };
  return {
    contents,
    find,
    async putOnce(path, content) {
      if (!contents.has(path)) contents.set(path, content);
      return { path, size: content.length, createdAt: new Date(0), metadata: {} };
    },
  };
}

/** A message as the broker would deliver it: its body went over the wire. */
export interface Delivery {
  entity: string;
  messageId: string;
  body: unknown;
  sentAt: number;
  notBefore: number;
  /** How often it was delivered, this time included. */
  count: number;
  /** Its application properties; those of a dead letter say why. */
  properties: Record<string, BusProperty>;
}

/** Half an hour, as the topology has it. */
const DUPLICATE_WINDOW = 30 * 60 * 1000;
const DEAD_LETTERS = '/$deadletterqueue';
const MOST_DELIVERIES = topology.queueDefaults.maxDeliveryCount;
/** The broker's own words (page "Overview of Service Bus dead-letter queues"). */
const givenUp = {
  DeadLetterReason: 'MaxDeliveryCountExceeded',
  DeadLetterErrorDescription: `Message could not be consumed after ${MOST_DELIVERIES} delivery attempts.`,
};

const queues: Record<string, { requiresDuplicateDetection?: boolean }> = topology.queues;

function dropsDuplicates(entity: string): boolean {
  return queues[entity]?.requiresDuplicateDetection ?? topology.queueDefaults.requiresDuplicateDetection;
}

/** A bus in memory that drops duplicates by id, and gives a message up in the end, as the queues of the topology do. */
export class MemoryBus implements Bus {
  readonly queued: Delivery[] = [];
  /** Everything that was ever sent, duplicates left out. */
  readonly sent: Delivery[] = [];
  readonly #seen = new Map<string, number>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  async send(entity: string, message: BusMessage): Promise<void> {
    const { messageId, body, notBefore, properties = {} } = message;
    const key = `${entity}/${messageId}`;
    const now = this.#now().getTime();
    if (dropsDuplicates(entity) && now - (this.#seen.get(key) ?? -Infinity) < DUPLICATE_WINDOW) return;
    this.#seen.set(key, now);
    const delivery: Delivery = {
      entity,
      messageId,
      body: Buffer.isBuffer(body) ? body : JSON.parse(JSON.stringify(body)),
      sentAt: now,
      notBefore: notBefore?.getTime() ?? 0,
      count: 1,
      properties,
    };
    this.sent.push(delivery);
    this.queued.push(delivery);
  }

  /** Takes a message back that can be delivered again from that time on; after the last delivery it is a dead letter. */
  giveBack(delivery: Delivery, at: Date): void {
    const { entity, count } = delivery;
    const isGivenUp = count >= MOST_DELIVERIES && !entity.endsWith(DEAD_LETTERS);
    const next = isGivenUp
      ? { entity: `${entity}${DEAD_LETTERS}`, count: 1, properties: { ...delivery.properties, ...givenUp } }
      : { count: count + 1 };
    this.queued.push({ ...delivery, ...next, notBefore: at.getTime() });
  }

  /** The message that is due first. */
  peekNext(): Delivery | undefined {
    return this.queued.toSorted((a, b) => a.notBefore - b.notBefore)[0];
  }

  /** Takes that message out. */
  takeNext(): Delivery | undefined {
    const first = this.peekNext();
    if (first) this.queued.splice(this.queued.indexOf(first), 1);
    return first;
  }
}

/** A delivery of a dead-letter queue as the SDK hands it over, so often failed before. */
export function deadLetterOf({ messageId, body, properties, count }: Delivery): DeadLetter {
  const { DeadLetterReason: reason, DeadLetterErrorDescription: description, ...rest } = properties;
  return {
    messageId,
    sequenceNumber: undefined,
    contentType: undefined,
    correlationId: undefined,
    reason: `${reason?.toString()}`,
    description: `${description?.toString()}`,
    body: { kind: 'bytes', bytes: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)) },
    properties: rest,
    typedProperties: typedValue(rest),
    failures: count - 1,
  };
}
