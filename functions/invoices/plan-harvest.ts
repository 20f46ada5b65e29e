import { defined } from '#shared/domain/defined';
import type { Invoice } from '#shared/partner-center/resources/invoices';
import type { OddMember } from '#shared/partner-center/schema/json-types';
import { PLAIN_ID, type InvoiceDocument } from './invoice-document';

const DAY = 24 * 60 * 60 * 1000;

/** The dates, both included, of the window of invoices. Tomorrow is included: the partner's day may be ahead. */
export function windowOf(now: Date, days: number): { from: string; to: string } {
  const date = (time: number) => new Date(time).toISOString().slice(0, 10);
  return { from: date(now.getTime() - days * DAY), to: date(now.getTime() + DAY) };
}

/** What can't be read of an invoice that can: amendments and tax receipts, however deep. */
export function unreadableParts(invoice: Invoice): OddMember[] {
  return [invoice, ...invoice.amendments.flatMap(withAmendments)].flatMap(({ oddParts }) => oddParts);
}

/** The documents of an invoice: its own and those of its amendments, each with the name under which it is kept. */
export function planHarvest(invoice: Invoice): InvoiceDocument[] {
  return [invoice, ...invoice.amendments.flatMap(withAmendments)].map((document) => ({
    invoiceId: document.id,
    path: blobPath(document.id, document.invoiceDate ?? invoice.invoiceDate),
    documentType: document.documentType,
    totalCharges: document.totalCharges,
    currencyCode: document.currencyCode,
    ...defined({ invoiceDate: document.invoiceDate }),
  }));
}

function withAmendments(invoice: Invoice): Invoice[] {
  return [invoice, ...invoice.amendments.flatMap(withAmendments)];
}

/** `{yyyy}/{mm}/{invoiceId}.pdf`. The client knows no invoice with another id; this is the last look at it. */
function blobPath(invoiceId: string, invoiceDate: string | undefined): string {
  if (!PLAIN_ID.test(invoiceId)) throw new Error('An invoice id has characters that no invoice id has.');
  const month = invoiceDate === undefined ? 'undated' : invoiceDate.slice(0, 7).replace('-', '/');
  return `${month}/${invoiceId}.pdf`;
}
