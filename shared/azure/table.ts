import {
  RestError,
  odata,
  type TableClient,
  type TableTransactionResponse,
  type TransactionAction,
} from '@azure/data-tables';
import { assertStrictEtag } from '#shared/domain/strict-etag';
import { inTime } from './in-time';

/** A row of one partition. Values are what Table Storage stores as they are. */
export interface Row {
  rowKey: string;
  values: Record<string, string>;
}
export interface StoredRow extends Row {
  etag: string;
}

/** One partition's rows, written together or not at all. */
export interface Table {
  /** The row, or undefined. */
  read(partitionKey: string, rowKey: string): Promise<StoredRow | undefined>;
  /** All rows of a partition, in the order of their keys. */
  readAll(partitionKey: string): Promise<StoredRow[]>;
  /**
   * Writes `first` (inserted without an ETag, else replaced if the ETag still holds) and inserts the other rows in one
   * entity-group transaction. Returns the new ETag of `first`, or undefined when it was written by somebody else. Throws a RangeError
   * for an ETag that does not name one state of the row, such as `*`.
   */
  write(partitionKey: string, first: Row & { etag?: string }, inserts: Row[]): Promise<string | undefined>;
}

/** HTTP statuses that say: the row is not as the writer believed (page "Performing entity group transactions"). */
const CONFLICTS = new Set([404, 409, 412]);

export function createTable(client: TableClient): Table {
  return {
    async read(partitionKey, rowKey) {
      try {
        return storedRow(await inTime((abortSignal) => client.getEntity(partitionKey, rowKey, { abortSignal })));
      } catch (error) {
        if (error instanceof RestError && error.statusCode === 404) return undefined;
        throw error;
      }
    },
    async readAll(partitionKey) {
      return inTime(async (abortSignal) => {
        const rows: StoredRow[] = [];
        const queryOptions = { filter: odata`PartitionKey eq ${partitionKey}` };
        for await (const entity of client.listEntities({ queryOptions, abortSignal })) rows.push(storedRow(entity));
        return rows;
      });
    },
    async write(partitionKey, { rowKey, values, etag }, inserts) {
      if (etag !== undefined) assertStrictEtag(etag);
      const entity = { partitionKey, rowKey, ...values };
      const actions: TransactionAction[] = [
        etag === undefined ? ['create', entity] : ['update', entity, 'Replace', { etag }],
        ...inserts.map((row): TransactionAction => ['create', { partitionKey, rowKey: row.rowKey, ...row.values }]),
      ];
      try {
        return etagOfFirst(await inTime((abortSignal) => client.submitTransaction(actions, { abortSignal })));
      } catch (error) {
        if (error instanceof RestError && CONFLICTS.has(error.statusCode ?? 0)) return undefined;
        throw error;
      }
    },
  };
}

/** The answers of a transaction come in the order of its actions; an update's names no row. */
function etagOfFirst({ subResponses: [first] }: TableTransactionResponse): string {
  if (!first?.etag) throw new Error('Table Storage answered a write without an ETag.');
  return first.etag;
}

const SYSTEM_VALUES = new Set(['partitionKey', 'rowKey', 'etag', 'timestamp', 'odata.metadata']);

function storedRow(entity: Record<string, unknown> & { rowKey?: string; etag?: string }): StoredRow {
  return {
    rowKey: entity.rowKey ?? '',
    etag: entity.etag ?? '',
    values: Object.fromEntries(
      Object.entries(entity).flatMap(([name, value]) =>
        typeof value === 'string' && !SYSTEM_VALUES.has(name) ? [[name, value]] : [],
      ),
    ),
  };
}
