import { createHash } from 'node:crypto';
import type { StoredBlob } from '#shared/azure/blobs';
import { invoiceEventIdOf } from '#shared/domain/ids';
import { sequenceText, type CloudEvent } from '#shared/domain/cloud-event';
import type { InvoiceDocument } from './invoice-document';

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
