import { type LineKind, lineSource } from '#line-items/line-kinds';
import { type Billed, type LineSource, NO_LINES } from '#line-items/line-source';
import { pagePieces } from '#line-items/page-pieces';
import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { jsonPieces, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { link, type Link } from '#wire/link';
import { continuationToken, continuedLink, continuedPage, offsetLink, pageOf, selfOf } from '#wire/paging';
import { refusal } from '#wire/refusal';
import { invoiceOf } from './invoices';

/** Line items (pages "get-invoiceline-items", "get-invoice-billed-consumption-lineitems" and the two unbilled ones). */
export const lineItemRoutes: readonly Route[] = [
  // Before the billed ones: "unbilled" is not an invoice id.
  {
    name: 'listUnbilledLineItems',
    method: 'GET',
    path: '/v1/invoices/unbilled/lineitems',
    access: 'token',
    answer: unbilled,
  },
  {
    name: 'listLineItems',
    method: 'GET',
    path: '/v1/invoices/{invoiceId}/lineitems',
    access: 'token',
    answer: byQuery,
  },
  {
    name: 'listLineItemsByPath',
    method: 'GET',
    path: '/v1/invoices/{invoiceId}/lineitems/{provider}/{lineItemType}',
    access: 'token',
    answer: byPath,
  },
];

const KINDS: Readonly<Record<string, LineKind>> = {
  'office billinglineitems': 'office-billing',
  'azure billinglineitems': 'azure-billing',
  'azure usagelineitems': 'azure-usage',
  'onetime billinglineitems': 'onetime-billing',
  'onetime usagelineitems': 'onetime-usage',
  'marketplace usagelineitems': 'onetime-usage',
  'all billinglineitems': 'onetime-billing',
  'all usagelineitems': 'onetime-usage',
};

function byQuery(call: Call, context: SandboxContext): Answer {
  return billed(call, kindOf(call.query.get('provider'), call.query.get('invoiceLineItemType')), context);
}

function byPath(call: Call, context: SandboxContext): Answer {
  return billed(call, kindOf(call.param('provider'), call.param('lineItemType')), context);
}

function billed(call: Call, kind: LineKind, context: SandboxContext): Answer {
  const document = invoiceOf(call, context);
  const currency = call.query.get('currencyCode')?.toUpperCase();
  const source =
    currency === undefined || currency === document.currencyCode
      ? lineSource(kind, { kind: 'invoice', document }, context)
      : NO_LINES;
  return page(call, kind, onlyCredited(call, kind, source));
}

/** Provider, type, currency and period are all required here. */
function unbilled(call: Call, context: SandboxContext): Answer {
  const kind = kindOf(call.query.get('provider'), call.query.get('invoiceLineItemType'));
  const currencyCode = call.query.get('currencyCode')?.toUpperCase();
  const period = call.query.word('period');
  if (!kind.startsWith('onetime')) throw refusal('invalidInput', 'provider must be onetime.');
  if (currencyCode === undefined) throw refusal('invalidInput', 'currencycode is required.');
  if (period !== 'current' && period !== 'previous') throw refusal('invalidInput', 'period is current or previous.');
  const what: Billed = { kind: 'unbilled', currencyCode };
  return page(call, kind, onlyCredited(call, kind, lineSource(kind, what, context)));
}

const word = (text: string | undefined): string => (text ?? '').toLowerCase().replaceAll('_', '');

function kindOf(provider: string | undefined, type: string | undefined): LineKind {
  const kind = KINDS[`${word(provider)} ${word(type)}`];
  if (!kind) throw refusal('invalidInput', 'provider and invoicelineitemtype do not name a kind of line item.');
  return kind;
}

/** `hasPartnerEarnedCredit` applies only to rated usage, where every second line has the credit. */
function onlyCredited(call: Call, kind: LineKind, source: LineSource): LineSource {
  const wanted = call.query.word('hasPartnerEarnedCredit');
  if (kind !== 'onetime-usage' || wanted === undefined) return source;
  const shift = wanted === 'true' ? 1 : 0;
  return { count: Math.floor((source.count + 1 - shift) / 2), at: (index) => source.at(2 * index + shift) };
}

/** The older commerce pages by size and offset, without a limit; the newer one by token, at most 2000 lines. */
function page(call: Call, kind: LineKind, source: LineSource): Answer {
  return kind.startsWith('onetime') ? tokenPage(call, kind, source) : offsetPage(call, source);
}

function offsetPage(call: Call, source: LineSource): Answer {
  const { offset, size } = pageOf(call, Math.max(source.count, 1));
  const end = Math.min(source.count, offset + size);
  const links = {
    self: link(selfOf(call)),
    next: end < source.count ? offsetLink(call, size, end) : undefined,
    previous: offset > 0 ? offsetLink(call, size, Math.max(0, offset - size)) : undefined,
  };
  return jsonPieces(pagePieces(source, Math.min(offset, end), end, { continuationToken: undefined, links }));
}

function tokenPage(call: Call, kind: LineKind, source: LineSource): Answer {
  const { offset, size } = continuedPage(call, 2000, source.count);
  const end = Math.min(source.count, offset + size);
  const token = end < source.count ? continuationToken(end) : undefined;
  const links = { self: link(selfOf(call)), next: token === undefined ? undefined : nextLink(call, kind, token) };
  // Billed one-time lines have the token in both places, the others only in the link's header.
  const inBody = kind === 'onetime-billing' && !call.path.toLowerCase().includes('unbilled');
  return jsonPieces(
    pagePieces(source, Math.min(offset, end), end, { continuationToken: inBody ? token : undefined, links }),
  );
}

/** The documented link of one-time billing lines has a second "?" instead of "&"; it is reproduced here. */
function nextLink(call: Call, kind: LineKind, token: string): Link {
  const next = continuedLink(call, token);
  if (kind !== 'onetime-billing') return next;
  return { ...next, uri: next.uri.replace('&seekOperation=Next', '?seekOperation=Next') };
}
