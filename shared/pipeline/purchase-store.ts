import { z } from 'zod';
import type { Row, StoredRow, Table } from '#shared/azure/table';
import { defined } from '#shared/domain/defined';
import { cutText } from '#shared/domain/cut-text';
import { fingerprint } from '#shared/domain/fingerprint';
import { purchase, type Purchase } from '#shared/domain/purchase';
import { assertStrictEtag } from '#shared/domain/strict-etag';
import { historyEntry, pending, type HistoryEntry, type Pending, type Transition } from './transition';

/** A purchase as it stands in the table: what it is, what it still has to send, and the ETag of this very state. */
export interface StoredPurchase {
  purchase: Purchase;
  pending: Pending[];
  etag: string;
}

/** The state rows of all purchases (table `Purchases`, partition = purchase). */
export interface PurchaseStore {
  read(purchaseId: string): Promise<StoredPurchase | undefined>;
  /** What happened to the purchase, oldest first, with its present state. One query. */
  readHistory(purchaseId: string): Promise<{ stored: StoredPurchase; history: HistoryEntry[] } | undefined>;
  /**
   * Writes state, outbox and history of a transition as one transaction, if the ETag still holds (no ETag: if there is no
   * such purchase yet). Returns the new ETag, or undefined when somebody else was first. Throws `Unreadable`, and writes nothing, when
   * it could not be read back; a RangeError when the ETag does not name one state of the row.
   */
  write(transition: Transition, etag?: string): Promise<string | undefined>;
  /** Notes that an order is a purchase's; the first purchase keeps it. False when it is another's. */
  claimOrder(orderId: string, purchaseId: string): Promise<boolean>;
  /** The purchase that has claimed an order. */
  claimantOf(orderId: string): Promise<string | undefined>;
  /** Strikes out what was sent. No version of its own: nothing about the purchase changed. False: somebody wrote since. */
  clearPending(purchase: Purchase, etag: string): Promise<boolean>;
}

/** What was about to be written could not have been read again: a bug. `problems` names the places, never the values. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';

  constructor(readonly problems: readonly string[]) {
    super(`The purchase could not be read back if it were written so: ${problems.join('; ')}`);
  }
}

const STATE = 'state';
const HISTORY = 'history-';
const CLAIM = 'claim';

/** Order ids are opaque; a key of Table Storage holds neither slashes nor signs. */
function claimPartition(orderId: string): string {
  return `order-${fingerprint(orderId)}`;
}

export function createPurchaseStore(table: Table): PurchaseStore {
  return {
    async read(purchaseId) {
      const row = await table.read(purchaseId, STATE);
      return row && parseState(row);
    },
    async readHistory(purchaseId) {
      const rows = await table.readAll(purchaseId);
      const state = rows.find(({ rowKey }) => rowKey === STATE);
      if (!state) return undefined;
      const history = rows.filter(({ rowKey }) => rowKey.startsWith(HISTORY));
      return { stored: parseState(state), history: history.map((row) => historyEntry.parse(json(row, 'entry'))) };
    },
    async write({ purchase: next, pending: toSend, history }, etag) {
      const entry: Row = {
        rowKey: `${HISTORY}${history.version.toString().padStart(6, '0')}`,
        values: split('entry', readable(historyEntry, 'history', history)),
      };
      return table.write(next.id, stateRow(next, toSend, etag), [entry]);
    },
    async claimOrder(orderId, purchaseId) {
      const row = { rowKey: CLAIM, values: { purchaseId } };
      const isFirst = (await table.write(claimPartition(orderId), row, [])) !== undefined;
      return isFirst || (await this.claimantOf(orderId)) === purchaseId;
    },
    async claimantOf(orderId) {
      return (await table.read(claimPartition(orderId), CLAIM))?.values['purchaseId'];
    },
    async clearPending(sent, etag) {
      return (await table.write(sent.id, stateRow(sent, [], etag), [])) !== undefined;
    },
  };
}

function stateRow(next: Purchase, toSend: Pending[], etag: string | undefined): Row & { etag?: string } {
  if (etag !== undefined) assertStrictEtag(etag);
  return {
    rowKey: STATE,
    values: {
      ...split('purchase', readable(purchase, 'purchase', next)),
      ...split('pending', readable(allPending, 'pending', toSend)),
    },
    ...defined({ etag }),
  };
}

const allPending = z.array(pending);

/** A value as JSON that its schema reads. Throws `Unreadable` otherwise. */
function readable(schema: z.ZodType, name: string, value: unknown): string {
  const text = JSON.stringify(value);
  const { error } = schema.safeParse(JSON.parse(text));
  if (error === undefined) return text;
  throw new Unreadable(error.issues.slice(0, 5).map(({ path, message }) => `${[name, ...path].join('.')}: ${message}`));
}

function parseState(row: StoredRow): StoredPurchase {
  return {
    purchase: purchase.parse(json(row, 'purchase')),
    pending: allPending.parse(json(row, 'pending')),
    etag: row.etag,
  };
}

/**
 * A string property of Table Storage holds 64 KiB in UTF-16, a row 1 MiB (page "Understanding the Table service data
 * model"): a long text is kept in numbered parts.
 */
const PART = 32_000;

function split(name: string, text: string): Record<string, string> {
  const parts: Record<string, string> = {};
  let rest = text;
  do {
    const next = cutText(rest, PART);
    parts[part(name, Object.keys(parts).length)] = next;
    rest = rest.slice(next.length);
  } while (rest !== '');
  return parts;
}

function json(row: StoredRow, name: string): unknown {
  let text = row.values[part(name, 0)] ?? '';
  for (let at = 1; row.values[part(name, at)] !== undefined; at++) text += row.values[part(name, at)];
  return JSON.parse(text);
}

function part(name: string, at: number): string {
  return at === 0 ? name : `${name}${at}`;
}
