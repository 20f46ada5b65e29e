import { z } from 'zod';
import type { Amount } from '#shared/domain/amount';
import { readPages, type PagingScheme } from '#shared/partner-center/http/pages';
import { path } from '#shared/partner-center/http/path';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import { record, text } from '#shared/partner-center/schema/json-types';
import { LINE_ITEM_SCHEMAS, type LineItem, type LineItemType } from '#shared/partner-center/schema/line-item-schemas';

/** Which lines of an invoice, by the kind they have when they come back. */
export type LineItemQuestion = {
  readonly currencyCode?: string | undefined;
  readonly pageSize?: number | undefined;
  /** Where provider and kind stand: in the query (default), or in the path, the older form with the same answer. */
  readonly form?: 'query' | 'path' | undefined;
} & (
  | { readonly kind: 'license' | 'usage' | 'daily_usage' | 'one_time' }
  | { readonly kind: 'daily_rated_usage'; readonly hasPartnerEarnedCredit?: boolean | undefined }
);

export interface UnbilledQuestion {
  readonly kind: 'one_time' | 'daily_rated_usage';
  readonly currencyCode: string;
  readonly period: 'current' | 'previous';
  readonly pageSize?: number | undefined;
}

/** How Partner Center calls the list that a kind of line is in. */
interface LineItemList {
  readonly provider: 'office' | 'azure' | 'onetime';
  readonly lines: 'billing' | 'usage';
  readonly scheme: PagingScheme;
  /** What the lines are when they don't say it themselves. */
  readonly type: LineItemType;
}

/** Legacy licences are "office", legacy Azure is "azure", everything modern is "onetime". */
const LISTS: Readonly<Record<LineItem['kind'], LineItemList>> = {
  license: { provider: 'office', lines: 'billing', scheme: 'offset', type: 'LicenseBasedLineItem' },
  usage: { provider: 'azure', lines: 'billing', scheme: 'offset', type: 'UsageBasedLineItem' },
  daily_usage: { provider: 'azure', lines: 'usage', scheme: 'offset', type: 'DailyUsageLineItem' },
  one_time: { provider: 'onetime', lines: 'billing', scheme: 'continuation', type: 'OneTimeInvoiceLineItem' },
  daily_rated_usage: { provider: 'onetime', lines: 'usage', scheme: 'continuation', type: 'DailyRatedUsageLineItem' },
};

/** Up to 2000 are allowed ("Get invoice line items"); with pages of 250 a million lines peak at about 140 MB, with 500 at 165. */
const PAGE_SIZE = 250;

/** A page of line items is made while one waits, which takes Partner Center minutes at times. */
const TIMEOUT_SECONDS = 180;

/**
 * The lines behind an invoice, streamed. For new commerce this API serves periods up to March 2025 only; later ones need
 * Microsoft Graph ("Get invoice line items").
 */
export function listInvoiceLineItems(
  pc: Transport,
  invoiceId: string,
  question: LineItemQuestion,
  call: Call,
): AsyncIterable<LineItem> {
  const { currencyCode, pageSize = PAGE_SIZE, form = 'query' } = question;
  const { provider, lines, scheme, type } = LISTS[question.kind];
  const lineItemType = `${lines}lineitems`;
  const place = path`/v1/invoices/${invoiceId}/lineitems`;
  return readPages(
    pc,
    {
      operation: `list ${provider} ${lines} line items`,
      method: 'GET',
      path: form === 'path' ? `${place}/${provider}/${lineItemType}` : place,
      query: {
        provider: form === 'path' ? undefined : provider,
        invoicelineitemtype: form === 'path' ? undefined : lineItemType,
        currencycode: currencyCode,
        hasPartnerEarnedCredit: question.kind === 'daily_rated_usage' ? question.hasPartnerEarnedCredit : undefined,
        size: pageSize,
      },
      token: 'app',
      timeoutSeconds: TIMEOUT_SECONDS,
    },
    scheme,
    lineItem(type),
    call,
  );
}

/** The lines that will be on the next invoice, or were not yet on the last ("Get invoice's unbilled reconciliation line items"). */
export function listUnbilledLineItems(pc: Transport, question: UnbilledQuestion, call: Call): AsyncIterable<LineItem> {
  const { provider, lines, scheme, type } = LISTS[question.kind];
  return readPages(
    pc,
    {
      operation: `list unbilled ${lines} line items`,
      method: 'GET',
      path: '/v1/invoices/unbilled/lineitems',
      query: {
        provider,
        invoicelineitemtype: `${lines}lineitems`,
        currencycode: question.currencyCode,
        period: question.period,
        size: question.pageSize ?? PAGE_SIZE,
      },
      token: 'app',
      timeoutSeconds: TIMEOUT_SECONDS,
    },
    scheme,
    lineItem(type),
    call,
  );
}

/** What a billing line adds to its invoice, tax included. Usage lines only explain billing lines: undefined. */
export function lineTotal(line: LineItem): { readonly amount: Amount; readonly currency: string } | undefined {
  if (line.kind === 'license' || line.kind === 'one_time') return money(line.totalForCustomer, line.currency);
  return line.kind === 'usage' ? money(line.postTaxTotal, line.currency) : undefined;
}

const marked = record({ attributes: record({ objectType: text.optional() }).optional() });

function lineItem(expected: LineItemType) {
  return z.unknown().transform((value, context): LineItem => {
    const read = LINE_ITEM_SCHEMAS[typeOf(value) ?? expected].safeParse(value);
    if (read.success) return read.data;
    for (const issue of read.error.issues) {
      context.addIssue({ code: 'custom', path: issue.path, message: issue.message });
    }
    return z.NEVER;
  });
}

function typeOf(value: unknown): LineItemType | undefined {
  const read = marked.safeParse(value);
  const name = read.success ? read.data.attributes?.objectType : undefined;
  return name !== undefined && isLineItemType(name) ? name : undefined;
}

function isLineItemType(name: string): name is LineItemType {
  return Object.hasOwn(LINE_ITEM_SCHEMAS, name);
}

function money(amount: Amount | undefined, currency: string | undefined) {
  return amount === undefined || currency === undefined ? undefined : { amount, currency };
}
