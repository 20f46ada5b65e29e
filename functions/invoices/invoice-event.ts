import { createHash } from 'node:crypto';
import type { StoredBlob } from '#shared/azure/blobs';
import { cutText } from '#shared/domain/cut-text';
import { invoiceEventIdOf } from '#shared/domain/ids';
import { record, text } from '#shared/partner-center/schema/json-types';
import { sequenceText, type CloudEvent } from '#shared/domain/cloud-event';
import { PLAIN_ID, type InvoiceDocument } from './invoice-document';

/** An invoice's PDF is stored. The event's time is the blob's, so that publishing it again publishes the same bytes. */
export function storedEvent(document: InvoiceDocument, stored: StoredBlob): CloudEvent {
  return invoiceEvent('cartage.invoice.stored.v1', 'stored', stored.createdAt, document, {
    path: `invoices/${stored.path}`,
    size: stored.size,
    sha256: stored.metadata['sha256'],
  });
}

/** What Partner Center sent is not a PDF that can be kept. The same bytes make the same event. */
export function rejectedEvent(document: InvoiceDocument, objection: string, content: Buffer, now: Date): CloudEvent {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return invoiceEvent('cartage.invoice.rejected.v1', `rejected/${sha256}`, now, document, {
    objection,
    size: content.length,
    sha256,
  });
}

/** A record of the list of invoices is not what the documentation says, and is kept as it came. The same bytes make the same event. */
export function unreadableEvent(
  raw: unknown,
  problems: readonly string[],
  kept: { readonly path: string; readonly sha256: string; readonly size: number },
  now: Date,
): CloudEvent {
  const invoiceId = idOfRaw(raw);
  // An id that is no plain word has no place in an address.
  const key =
    invoiceId !== undefined && PLAIN_ID.test(invoiceId) ? invoiceId : `unreadable-${kept.sha256.slice(0, 32)}`;
  return {
    specversion: '1.0',
    id: invoiceEventIdOf(key, `unreadable/${kept.sha256}`),
    source: `/cartage/invoices/${key}`,
    type: 'cartage.invoice.unreadable.v1',
    subject: key,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    sequence: sequenceText(1),
    partitionkey: key,
    audience: 'erp',
    data: { invoiceId, problems, ...kept, path: `invoices/${kept.path}` },
  };
}

const rawWithId = record({ id: text.optional() });
const LONGEST_ID = 100;

/** The id of a record that can't be read, as far as it has one. */
export function idOfRaw(raw: unknown): string | undefined {
  const read = rawWithId.safeParse(raw);
  return read.success && read.data.id !== undefined ? cutText(read.data.id, LONGEST_ID) : undefined;
}

function invoiceEvent(
  type: string,
  name: string,
  time: Date,
  document: InvoiceDocument,
  data: Record<string, unknown>,
): CloudEvent {
  const { invoiceId, documentType, totalCharges, currencyCode, invoiceDate } = document;
  return {
    specversion: '1.0',
    id: invoiceEventIdOf(invoiceId, name),
    source: `/cartage/invoices/${invoiceId}`,
    type,
    subject: invoiceId,
    time: time.toISOString(),
    datacontenttype: 'application/json',
    sequence: sequenceText(1),
    partitionkey: invoiceId,
    audience: 'erp',
    data: { invoiceId, documentType, totalCharges, currencyCode, invoiceDate, ...data },
  };
}
