import { z } from 'zod';
import { callApi } from '#shared/partner-center/http/call-api';
import { expectIds } from '#shared/partner-center/http/expect-ids';
import type { OnOdd } from '#shared/partner-center/http/odd-record';
import { readPages } from '#shared/partner-center/http/pages';
import { path } from '#shared/partner-center/http/path';
import { readList } from '#shared/partner-center/http/read-list';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import {
  amount,
  date,
  enumOf,
  list,
  openEnum,
  record,
  text,
  tolerantList,
  type OddMember,
} from '#shared/partner-center/schema/json-types';

/** An invoice, or an amendment of one (void note, adjustment note), which has its own id and may come much later. */
export interface Invoice {
  readonly id: string;
  readonly invoiceDate?: string | undefined;
  readonly billingPeriodStartDate?: string | undefined;
  readonly billingPeriodEndDate?: string | undefined;
  readonly totalCharges: string;
  readonly paidAmount?: string | undefined;
  readonly currencyCode: string;
  readonly currencySymbol?: string | undefined;
  readonly invoiceType: 'recurring' | 'one_time' | 'unknown';
  readonly documentType: 'invoice' | 'void_note' | 'adjustment_note' | 'unknown';
  readonly amendsOf?: string | undefined;
  readonly amendments: readonly Invoice[];
  /** Which line items there are. */
  readonly invoiceDetails: readonly {
    readonly billingProvider?: string | undefined;
    readonly invoiceLineItemType?: string | undefined;
  }[];
  readonly taxReceiptIds: readonly string[];
  /** Amendments and tax receipts that do not have the documented shape; the invoice itself does. */
  readonly oddParts: readonly OddMember[];
}

/** Ids become paths and addresses: one that is no plain word makes its record odd. */
const plainId = text.regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/, 'expected letters, digits and hyphens');

const invoice: z.ZodType<Invoice> = z.lazy(() =>
  record({
    id: plainId,
    invoiceDate: date.optional(),
    billingPeriodStartDate: date.optional(),
    billingPeriodEndDate: date.optional(),
    totalCharges: amount,
    paidAmount: amount.optional(),
    currencyCode: text,
    currencySymbol: text.optional(),
    invoiceType: enumOf('recurring', 'one_time').default('unknown'),
    documentType: enumOf('invoice', 'void_note', 'adjustment_note').default('unknown'),
    amendsOf: text.optional(),
    amendments: tolerantList(invoice),
    invoiceDetails: list(
      record({
        billingProvider: openEnum('office', 'azure', 'one_time', 'marketplace').optional(),
        invoiceLineItemType: openEnum('billing_line_items', 'usage_line_items').optional(),
      }),
    ),
    taxReceipts: tolerantList(record({ id: text })),
  }).transform(({ amendments, taxReceipts, ...rest }) => ({
    ...rest,
    amendments: amendments.items,
    taxReceiptIds: taxReceipts.items.map(({ id }) => id),
    oddParts: [...amendments.odd, ...taxReceipts.odd],
  })),
);

const summary = {
  balanceAmount: amount,
  currencyCode: text,
  currencySymbol: text.optional(),
  accountingDate: date.optional(),
  firstInvoiceCreationDate: date.optional(),
  lastPaymentDate: date.optional(),
  lastPaymentAmount: amount.optional(),
  latestInvoiceDate: date.optional(),
};

const invoiceSummary = record({
  ...summary,
  details: list(record({ invoiceType: enumOf('recurring', 'one_time').default('unknown'), summary: record(summary) })),
});
export type InvoiceSummary = z.infer<typeof invoiceSummary>;

const estimateLink = record({
  type: openEnum().optional(),
  title: text.optional(),
  description: text.optional(),
  period: enumOf('current', 'previous').optional(),
});
export type EstimateLink = z.infer<typeof estimateLink>;

/** A window of invoice dates, both ends included, as yyyy-mm-dd. */
export interface InvoiceWindow {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Of no consequence but for the number of calls; a server may ignore it. */
  readonly pageSize?: number | undefined;
}

/** A PDF on its way. The stream must be read to its end or destroyed. */
export interface PdfDownload {
  readonly contentType: string;
  readonly contentLength?: number | undefined;
  readonly body: NodeJS.ReadableStream;
}

/**
 * All invoices of a window, each with its amendments, each id once ("Get a collection of invoices"). Size and offset are
 * ignored for modern invoices, so a window by date is what bounds the list.
 */
export function listInvoices(pc: Transport, window: InvoiceWindow, call: Call, onOdd?: OnOdd): AsyncIterable<Invoice> {
  const { pageSize = PAGE_SIZE } = window;
  return readPages(
    pc,
    {
      operation: 'list invoices',
      method: 'GET',
      path: '/v1/invoices',
      query: { size: pageSize, filter: invoiceDateFilter(window) },
      token: 'app',
    },
    'offset',
    invoice,
    call,
    { idOf: ({ id }) => id, onOdd },
  );
}

const PAGE_SIZE = 200;

/** One invoice, plain id ("G000024135"). Needs the user token ("Get invoice by ID"). */
export async function getInvoice(pc: Transport, invoiceId: string, call: Call): Promise<Invoice> {
  const read = {
    operation: 'get invoice',
    method: 'GET',
    path: path`/v1/invoices/${invoiceId}`,
    token: 'user',
  } as const;
  const answer = await callApi(pc, read, invoice, call);
  expectIds(read, call, { id: [invoiceId, answer.id] });
  return answer;
}

/** The invoice's PDF, streamed. Needs the user token ("Get invoice statement"). */
export async function downloadStatement(pc: Transport, invoiceId: string, call: Call): Promise<PdfDownload> {
  return downloadPdf(pc, 'download invoice statement', path`/v1/invoices/${invoiceId}/documents/statement`, call);
}

/** The PDF of a tax receipt (Taiwan only), streamed. Needs the user token ("Get invoice receipt statement"). */
export async function downloadReceipt(
  pc: Transport,
  invoiceId: string,
  receiptId: string,
  call: Call,
): Promise<PdfDownload> {
  const place = path`/v1/invoices/${invoiceId}/receipts/${receiptId}/documents/statement`;
  return downloadPdf(pc, 'download tax receipt', place, call);
}

/** The balance in the partner's default currency ("Get the partner's current account balance"). */
export async function getInvoiceSummary(pc: Transport, call: Call): Promise<InvoiceSummary> {
  const read = { operation: 'get balance', method: 'GET', path: '/v1/invoices/summary', token: 'app' } as const;
  return callApi(pc, read, invoiceSummary, call);
}

/** One summary per currency. Needs the user token ("Get invoice summaries"). */
export async function listInvoiceSummaries(pc: Transport, call: Call): Promise<InvoiceSummary[]> {
  const read = { operation: 'list balances', method: 'GET', path: '/v1/invoices/summaries', token: 'user' } as const;
  return readList(pc, read, invoiceSummary, call);
}

/** Which unbilled line items there are for a currency ("Get invoice estimate links"). */
export async function listEstimateLinks(pc: Transport, currencyCode: string, call: Call): Promise<EstimateLink[]> {
  const read = {
    operation: 'list estimate links',
    method: 'GET',
    path: '/v1/invoices/estimates/links',
    query: { currencycode: currencyCode },
    token: 'app',
  } as const;
  return readList(pc, read, estimateLink, call);
}

async function downloadPdf(pc: Transport, operation: string, place: string, call: Call): Promise<PdfDownload> {
  const headers = { Accept: 'application/pdf' };
  const answer = await pc.download({ operation, method: 'GET', path: place, headers, token: 'user' }, call);
  const length = answer.header('content-length');
  return {
    contentType: answer.header('content-type') ?? 'application/octet-stream',
    contentLength: length === undefined ? undefined : Number(length),
    body: answer.stream,
  };
}

/** The filter knows only InvoiceDate; it is JSON in the query, PascalCase as the official SDK writes it. */
function invoiceDateFilter({ from, to }: InvoiceWindow): string | undefined {
  const after =
    from === undefined ? undefined : { Field: 'InvoiceDate', Value: from, Operator: 'greater_than_or_equals' };
  // Invoice dates have a time of day: the last day ends where the next begins.
  const before = to === undefined ? undefined : { Field: 'InvoiceDate', Value: dayAfter(to), Operator: 'less_than' };
  const filter = after && before ? { LeftFilter: after, RightFilter: before, Operator: 'and' } : (after ?? before);
  return filter && JSON.stringify(filter);
}

function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}
