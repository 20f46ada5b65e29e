import type { SandboxContext } from '#model/sandbox-context';
import type { Invoice, InvoiceDocument, Order } from '#store/records';
import { announceInvoice } from './announce-invoice';
import { nextInvoiceId, totalOf } from './issue-invoices';

/**
 * Amends the invoices of cancelled lines: an invoice gets a note that voids it and, unless nothing is left, another note
 * with the remaining lines (page "invoice-resources", amendments).
 */
export function amendInvoices(order: Order, context: SandboxContext): void {
  for (const invoice of context.store.invoices.all()) {
    const current = invoice.amendments.findLast((one) => one.documentType === 'adjustment_note') ?? invoice;
    const remaining = current.billedLines.filter(
      ({ orderId, index }) => orderId !== order.id || !order.lines[index]?.cancelled,
    );
    if (remaining.length === current.billedLines.length) continue;
    const voided = note(invoice, 'void_note', current.billedLines, -current.totalCents, context);
    const adjusted =
      remaining.length === 0 ? [] : [note(invoice, 'adjustment_note', remaining, totalOf(remaining, context), context)];
    const amended = { ...invoice, amendments: [...invoice.amendments, voided, ...adjusted] };
    context.store.invoices.put(invoice.id, amended);
    announceInvoice(amended, context);
  }
}

const note = (
  invoice: Invoice,
  documentType: 'void_note' | 'adjustment_note',
  billedLines: Invoice['billedLines'],
  totalCents: number,
  context: SandboxContext,
): InvoiceDocument => ({
  id: nextInvoiceId('OneTime', context),
  issuedAt: context.clock.now(),
  periodStart: invoice.periodStart,
  periodEnd: invoice.periodEnd,
  totalCents,
  paidCents: 0,
  currencyCode: invoice.currencyCode,
  invoiceType: invoice.invoiceType,
  documentType,
  amendsOf: invoice.id,
  taxReceiptIds: [],
  billedLines,
});
