import type { SandboxContext } from '#model/sandbox-context';
import { audit } from '#rules/audit';
import type { Invoice } from '#store/records';
import { announce, invoiceUri } from '#webhooks/announce';
import { wireAmount } from '#wire/money';

const NOBODY = { id: '', applicationId: '' };

/** Announces a new or amended invoice: by an event, and by an audit record that no call caused. */
export function announceInvoice(invoice: Invoice, context: SandboxContext): void {
  announce('invoice-ready', invoiceUri(invoice.id), context);
  const newValue = {
    Id: invoice.id,
    InvoiceType: invoice.invoiceType,
    TotalCharges: wireAmount(invoice.totalCents),
    CurrencyCode: invoice.currencyCode,
    Amendments: invoice.amendments.map(({ id }) => id),
  };
  const cause = { caller: NOBODY, correlationId: crypto.randomUUID() };
  audit({ resourceType: 'invoice', operationType: 'ready_invoice', newValue }, cause, context);
}
