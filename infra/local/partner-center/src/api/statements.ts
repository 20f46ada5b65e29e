import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { writePdf } from '#rules/pdf';
import { PARTNER } from '#seed/partner';
import { pdf, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { wireAmount } from '#wire/money';
import { refusal } from '#wire/refusal';
import { wireTime } from '#wire/time';
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
const NOTE = 'DO NOT PAY. THIS IS A SANDBOX INVOICE.';

function statement(call: Call, context: SandboxContext): Answer {
  const invoice = invoiceOf(call, context);
  if (invoice.issuedAt + context.settings.statementDelaySeconds * 1000 > context.clock.now()) {
    throw refusal('notFound', 'The statement is not ready yet.');
  }
  const bytes = writePdf([
    NOTE,
    '',
    `${PARTNER.name}: ${invoice.documentType} ${invoice.id}`,
    `Date: ${wireTime(invoice.issuedAt).slice(0, 10)}`,
    `Period: ${wireTime(invoice.periodStart).slice(0, 10)} to ${wireTime(invoice.periodEnd).slice(0, 10)}`,
    `Total: ${wireAmount(invoice.totalCents).toFixed(2)} ${invoice.currencyCode}`,
    ...(invoice.amendsOf === undefined ? [] : [`Amends: ${invoice.amendsOf}`]),
  ]);
  return pdf(bytes, `Invoice_${invoice.id}.pdf`);
}

/** Tax receipts exist only in Taiwan; one of the seeded invoices has one, so that the call can be tried. */
function receipt(call: Call, context: SandboxContext): Answer {
  const invoice = invoiceOf(call, context);
  const id = call.param('receiptId');
  if (!invoice.taxReceiptIds.includes(id)) throw refusal('notFound', 'There is no such receipt.');
  return pdf(writePdf([NOTE, '', `Tax receipt ${id} of invoice ${invoice.id}`]), `E-Tax-${id}.pdf`);
}
