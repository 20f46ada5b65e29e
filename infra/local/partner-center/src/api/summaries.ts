import { issueDueInvoices } from '#billing/issue-invoices';
import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { groupBy } from '#rules/group-by';
import { symbolOf } from '#seed/currencies';
import type { InvoiceDocument } from '#store/records';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { collection, link } from '#wire/link';
import { wireAmount } from '#wire/money';
import { selfOf } from '#wire/paging';
import { UNSET, wireTime } from '#wire/time';

/** Account balance and summaries (pages "get-the-reseller-s-current-account-balance", "get-invoice-summaries"). */
export const summaryRoutes: readonly Route[] = [
  { name: 'getInvoiceSummary', method: 'GET', path: '/v1/invoices/summary', access: 'token', answer: one },
  { name: 'listInvoiceSummaries', method: 'GET', path: '/v1/invoices/summaries', access: 'user-token', answer: all },
];

/** The partner's default currency is that of the oldest invoice. */
function one(_: Call, context: SandboxContext): Answer {
  const [first] = byCurrency(context);
  return json(first === undefined ? withDetails('EUR', []) : withDetails(...first));
}

function all(call: Call, context: SandboxContext): Answer {
  const items = byCurrency(context).map(([currency, documents]) => withDetails(currency, documents));
  return json(collection(items, selfOf(call)));
}

/** What counts towards the balance: invoices and their amendments, except voided ones. */
function byCurrency(context: SandboxContext): [string, InvoiceDocument[]][] {
  issueDueInvoices(context);
  const documents = [...context.store.invoices.all()]
    .flatMap((invoice) => [invoice, ...invoice.amendments])
    .filter((document) => document.documentType !== 'void_note' || document.amendsOf !== undefined);
  return [...groupBy(documents, (document) => document.currencyCode)];
}

const withDetails = (currency: string, documents: readonly InvoiceDocument[]): object => ({
  ...summary(currency, documents),
  details: [...groupBy(documents, (document) => document.invoiceType)].map(([invoiceType, ofType]) => ({
    invoiceType,
    summary: summary(currency, ofType),
  })),
  links: { self: link('/invoices/summary') },
});

function summary(currency: string, documents: readonly InvoiceDocument[]): object {
  const dates = documents.map((document) => document.issuedAt);
  const paid = documents.filter((document) => document.paidCents !== 0).toSorted((a, b) => a.issuedAt - b.issuedAt);
  const last = paid.at(-1);
  const latest = dates.length === 0 ? UNSET : wireTime(Math.max(...dates));
  return {
    balanceAmount: wireAmount(documents.reduce((sum, document) => sum + document.totalCents - document.paidCents, 0)),
    currencyCode: currency,
    currencySymbol: symbolOf(currency),
    // Without a time zone, as in the examples.
    accountingDate: latest.slice(0, 19),
    firstInvoiceCreationDate: dates.length === 0 ? UNSET : wireTime(Math.min(...dates)),
    lastPaymentDate: last ? wireTime(last.issuedAt) : UNSET,
    lastPaymentAmount: wireAmount(last?.paidCents ?? 0),
    latestInvoiceDate: latest,
    attributes: { objectType: 'InvoiceSummary' },
  };
}
