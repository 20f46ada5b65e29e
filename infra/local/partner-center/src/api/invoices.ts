import { issueDueInvoices } from '#billing/issue-invoices';
import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { invoiceDateFilter } from '#rules/invoice-filter';
import { symbolOf } from '#seed/currencies';
import type { Invoice, InvoiceDocument } from '#store/records';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { collection, link } from '#wire/link';
import { wireAmount } from '#wire/money';
import { offsetPaged, selfOf } from '#wire/paging';
import { refusal } from '#wire/refusal';
import { wireTime } from '#wire/time';

/** Invoices (pages "get-a-collection-of-invoices", "get-invoice-by-id"). */
export const invoiceRoutes: readonly Route[] = [
  { name: 'listInvoices', method: 'GET', path: '/v1/invoices', access: 'token', answer: list },
  { name: 'getInvoice', method: 'GET', path: '/v1/invoices/{invoiceId}', access: 'user-token', answer: one },
];

/** Everything without paging parameters, newest last. The pages say that newer commerce ignores them. */
function list(call: Call, context: SandboxContext): Answer {
  issueDueInvoices(context);
  const wanted = invoiceDateFilter(call.query.get('filter'));
  const found = [...context.store.invoices.all()]
    .filter((invoice) => wanted(invoice.issuedAt))
    .toSorted((a, b) => a.issuedAt - b.issuedAt)
    .map((invoice) => listed(invoice));
  const pages = context.settings.invoicePaging && (call.query.get('size') ?? call.query.get('offset')) !== undefined;
  return json(pages ? offsetPaged(call, found, 500) : collection(found, selfOf(call)));
}

function one(call: Call, context: SandboxContext): Answer {
  const invoice = invoiceOf(call, context);
  return json({
    ...listed(invoice),
    billingPeriodStartDate: wireTime(invoice.periodStart),
    billingPeriodEndDate: wireTime(invoice.periodEnd),
  });
}

/** The invoice or amendment that the path names, plain (`G000024135`) or as links write it (`OneTime-G000024135`). */
export function invoiceOf(call: Call, context: SandboxContext): Invoice {
  issueDueInvoices(context);
  const id = call.param('invoiceId').replace(/^(OneTime|Recurring)-/i, '');
  const invoice = context.store.invoices.get(id);
  if (invoice) return invoice;
  for (const amended of context.store.invoices.all()) {
    const amendment = amended.amendments.find((document) => document.id === id);
    if (amendment) return { ...amendment, amendments: [] };
  }
  throw refusal('notFound', 'There is no such invoice.');
}

function listed(invoice: Invoice): object {
  const { amendments } = invoice;
  return {
    ...core(invoice),
    pdfDownloadLink: `/invoices/${invoice.id}/documents/statement`,
    taxReceipts: taxReceipts(invoice),
    invoiceDetails: details(invoice).map(({ type, provider, uri }) => ({
      invoiceLineItemType: type,
      billingProvider: provider,
      links: { self: link(uri) },
      attributes: { objectType: 'InvoiceDetail' },
    })),
    amendments: amendments.length > 0 ? amendments.map(amendmentBody) : undefined,
    links: { self: link(`/invoices/${invoice.invoiceType}-${invoice.id}`) },
  };
}

const taxReceipts = ({ id, taxReceiptIds }: Invoice): object[] | undefined =>
  taxReceiptIds.length === 0
    ? undefined
    : taxReceiptIds.map((receiptId) => ({
        id: receiptId,
        taxReceiptPdfDownloadLink: `/invoices/${id}/receipts/${receiptId}/documents/statement`,
      }));

/** Amendments come nested, in the examples without a link to a PDF. */
const amendmentBody = (amendment: InvoiceDocument): object => ({
  ...core(amendment),
  invoiceDetails: details(amendment).map(({ type, provider }) => ({
    invoiceLineItemType: type,
    billingProvider: provider,
    attributes: { objectType: 'InvoiceDetail' },
  })),
});

const core = (document: InvoiceDocument): object => ({
  id: document.id,
  invoiceDate: wireTime(document.issuedAt),
  totalCharges: wireAmount(document.totalCents),
  paidAmount: wireAmount(document.paidCents),
  currencyCode: document.currencyCode,
  currencySymbol: symbolOf(document.currencyCode),
  documentType: document.documentType,
  amendsOf: document.amendsOf,
  invoiceType: document.invoiceType,
  attributes: { objectType: 'Invoice' },
});

/** Recurring invoices are of the older commerce (office and azure), one-time invoices of the newer. */
function details(document: InvoiceDocument): { type: string; provider: string; uri: string }[] {
  const kinds =
    document.invoiceType === 'Recurring'
      ? [
          { type: 'billing_line_items', provider: 'office', path: 'Office/BillingLineItems' },
          { type: 'billing_line_items', provider: 'azure', path: 'Azure/BillingLineItems' },
          { type: 'usage_line_items', provider: 'azure', path: 'Azure/UsageLineItems' },
        ]
      : [
          { type: 'billing_line_items', provider: 'one_time', path: 'OneTime/BillingLineItems' },
          { type: 'usage_line_items', provider: 'one_time', path: 'OneTime/UsageLineItems' },
        ];
  const base = `/invoices/${document.invoiceType}-${document.id}/lineitems`;
  return kinds.map(({ type, provider, path }) => ({ type, provider, uri: `${base}/${path}` }));
}
