import { audit } from '#rules/audit';
import { wireAmount } from '#rules/money';
import type { Invoice } from '#store/records';
import { announce, invoiceUri } from '#webhooks/announce';
import type { World } from '#world';

const nobody = { id: '', applicationId: '' };

/** Tells of an invoice that is new or was amended: as an event, and as an audit record that no call caused. */
export function announceInvoice(invoice: Invoice, world: World): void {
  announce('invoice-ready', invoiceUri(invoice.id), world);
  const newValue = {
    Id: invoice.id,
    InvoiceType: invoice.invoiceType,
    TotalCharges: wireAmount(invoice.totalCents),
    CurrencyCode: invoice.currencyCode,
    Amendments: invoice.amendments.map(({ id }) => id),
  };
  const cause = { caller: nobody, correlationId: crypto.randomUUID() };
  audit({ resourceType: 'invoice', operationType: 'ready_invoice', newValue }, cause, world);
}
