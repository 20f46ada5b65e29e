import { z } from 'zod';
import type { Amount } from '#shared/domain/amount';
import { LINE_ITEM_SCHEMAS, type LineItem, type LineItemType } from '#shared/partner-center/schema/line-item-schemas';
import { readPages, type PagingScheme } from '#shared/partner-center/http/pages';
import { path } from '#shared/partner-center/http/path';
import type { Call, Transport } from '#shared/partner-center/http/transport';
import { record, text } from '#shared/partner-center/schema/wire';

/** Which lines of an invoice: legacy licences (office), legacy Azure (azure), or everything modern (onetime). */
export type LineItemQuestion = {
  readonly currencyCode?: string | undefined;
  readonly pageSize?: number | undefined;
  /** Where provider and kind are said: in the query (default), or in the path, the older form with the same answer. */
  readonly form?: 'query' | 'path' | undefined;
} & (
  | { readonly provider: 'office'; readonly lines: 'billing' }
  | { readonly provider: 'azure'; readonly lines: 'billing' | 'usage' }
  | { readonly provider: 'onetime'; readonly lines: 'billing' }
  | { readonly provider: 'onetime'; readonly lines: 'usage'; readonly hasPartnerEarnedCredit?: boolean | undefined }
);

export interface UnbilledQuestion {
  readonly lines: 'billing' | 'usage';
  readonly currencyCode: string;
  readonly period: 'current' | 'previous';
  readonly pageSize?: number | undefined;
}

/** Up to 2000 are allowed ("Get invoice line items"); with pages of 250 a million lines peak at about 140 MB, with 500 at 165. */
const PAGE_SIZE = 250;

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
  const { provider, lines, currencyCode, pageSize = PAGE_SIZE, form = 'query' } = question;
  const kind = `${lines}lineitems`;
  return readPages(
    pc,
    {
      operation: `list ${provider} ${lines} line items`,
      method: 'GET',
      path:
        form === 'path'
          ? path`/v1/invoices/${invoiceId}/lineitems/${provider}/${kind}`
          : path`/v1/invoices/${invoiceId}/lineitems`,
      query: {
        ...(form === 'path' ? {} : { provider, invoicelineitemtype: kind }),
        currencycode: currencyCode,
        hasPartnerEarnedCredit: 'hasPartnerEarnedCredit' in question ? question.hasPartnerEarnedCredit : undefined,
        size: pageSize,
      },
      token: 'app',
    },
    SCHEMES[provider],
    lineItem(EXPECTED[provider][lines]),
    call,
  );
}

/** The lines that will be on the next invoice, or were not yet on the last ("Get invoice unbilled line items"). */
export function listUnbilledLineItems(pc: Transport, question: UnbilledQuestion, call: Call): AsyncIterable<LineItem> {
  return readPages(
    pc,
    {
      operation: `list unbilled ${question.lines} line items`,
      method: 'GET',
      path: '/v1/invoices/unbilled/lineitems',
      query: {
        provider: 'onetime',
        invoicelineitemtype: `${question.lines}lineitems`,
        currencycode: question.currencyCode,
        period: question.period,
        size: question.pageSize ?? PAGE_SIZE,
      },
      token: 'app',
    },
    'continuation',
    lineItem(EXPECTED.onetime[question.lines]),
    call,
  );
}

/** What a billing line adds to its invoice, tax included. Usage lines only explain billing lines: undefined. */
export function lineTotal(line: LineItem): { readonly amount: Amount; readonly currency: string } | undefined {
  if (line.kind === 'license' || line.kind === 'one_time') return money(line.totalForCustomer, line.currency);
  return line.kind === 'usage' ? money(line.postTaxTotal, line.currency) : undefined;
}

const SCHEMES: Record<LineItemQuestion['provider'], PagingScheme> = {
  office: 'offset',
  azure: 'offset',
  onetime: 'continuation',
};

/** Which kind of line a list holds, for lines that don't say it themselves. */
const EXPECTED: Record<LineItemQuestion['provider'], Record<'billing' | 'usage', LineItemType>> = {
  office: { billing: 'LicenseBasedLineItem', usage: 'LicenseBasedLineItem' },
  azure: { billing: 'UsageBasedLineItem', usage: 'DailyUsageLineItem' },
  onetime: { billing: 'OneTimeInvoiceLineItem', usage: 'DailyRatedUsageLineItem' },
};

const marked = record({ attributes: record({ objectType: text.optional() }).optional() });

function lineItem(expected: LineItemType) {
  return z.unknown().transform((value, context): LineItem => {
    const read = LINE_ITEM_SCHEMAS[typeOf(value) ?? expected].safeParse(value);
    if (read.success) return read.data;
    for (const { path: place, message } of read.error.issues)
      context.addIssue({ code: 'custom', path: place, message });
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
