import { wireTime } from '#clock';
import { pdf, type Answer } from '#http/answer';
import type { Call } from '#http/call';
import { refusal } from '#http/refusal';
import type { Route } from '#http/route';
import { wireAmount } from '#rules/money';
import { writePdf } from '#rules/pdf';
import { partner } from '#seed/partner';
import type { World } from '#world';
import { invoiceOf } from './invoices';

/** The PDFs of an invoice (pages "get-invoice-statement", "get-invoice-receipt-statement"); app+user only. */
export const statementRoutes: readonly Route[] = [
  {
    name: 'getStatement',
    method: 'GET',
    path: '/v1/invoices/{invoiceId}/documents/statement',
    access: 'user-token',
    answer: statement,
  },
  {
    name: 'getReceipt',
    method: 'GET',
    path: '/v1/invoices/{invoiceId}/receipts/{receiptId}/documents/statement',
    access: 'user-token',
    answer: receipt,
  },
];

/** Invoices of a sandbox account carry this note (page "set-up-api-access-in-partner-center"). */
const note = 'DO NOT PAY. THIS IS A SANDBOX INVOICE.';

function statement(call: Call, world: World): Answer {
  const invoice = invoiceOf(call, world);
  if (invoice.issuedAt + world.settings.statementDelaySeconds * 1000 > world.clock.now()) {
    throw refusal('notFound', 'The statement is not ready yet.');
  }
  const bytes = writePdf([
    note,
    '',
    `${partner.name}: ${invoice.documentType} ${invoice.id}`,
    `Date: ${wireTime(invoice.issuedAt).slice(0, 10)}`,
    `Period: ${wireTime(invoice.periodStart).slice(0, 10)} to ${wireTime(invoice.periodEnd).slice(0, 10)}`,
    `Total: ${wireAmount(invoice.totalCents).toFixed(2)} ${invoice.currencyCode}`,
    ...(invoice.amendsOf === undefined ? [] : [`Amends: ${invoice.amendsOf}`]),
  ]);
  return pdf(bytes, `Invoice_${invoice.id}.pdf`);
}

/** Tax receipts exist in Taiwan only; one seeded invoice has one, so that the call can be tried. */
function receipt(call: Call, world: World): Answer {
  const invoice = invoiceOf(call, world);
  const id = call.param('receiptId');
  if (!invoice.taxReceiptIds.includes(id)) throw refusal('notFound', 'There is no such receipt.');
  return pdf(writePdf([note, '', `Tax receipt ${id} of invoice ${invoice.id}`]), `E-Tax-${id}.pdf`);
}
