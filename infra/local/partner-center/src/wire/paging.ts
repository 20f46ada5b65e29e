import { z } from 'zod';
import type { Call } from './call';
import { link, type Link } from './link';
import { refusal } from './refusal';

/** Where a page starts and how long it is. */
export interface Page {
  readonly offset: number;
  readonly size: number;
}

const sizeSchema = z.coerce.number().int().min(0);
const TOKEN_HEADER = 'MS-ContinuationToken';

/** `size` and `offset` of the query; without them, or with 0, the page is the whole list (the .NET SDK sends `size=0`). */
export function pageOf(call: Call, longest: number): Page {
  const size = sizeSchema.safeParse(call.query.get('size') ?? '0');
  const offset = sizeSchema.safeParse(call.query.get('offset') || '0');
  if (!size.success || !offset.success) throw refusal('invalidInput', 'size and offset are whole numbers.');
  return { size: size.data === 0 ? longest : Math.min(size.data, longest), offset: offset.data };
}

/** Seek operations by name, and by the number some callers send instead. */
const SEEKS: ReadonlyMap<string, 'next' | 'previous' | 'first' | 'last'> = new Map([
  ['next', 'next'],
  ['0', 'next'],
  ['previous', 'previous'],
  ['1', 'previous'],
  ['first', 'first'],
  ['2', 'first'],
  ['last', 'last'],
  ['3', 'last'],
]);

/** Where a continuation token points, in a list of `count` items. To callers the token is opaque; inside it is the offset. */
export function continuedPage(call: Call, longest: number, count: number): Page {
  const { size } = pageOf(call, longest);
  const token = call.header(TOKEN_HEADER);
  const word = call.query.word('seekOperation');
  if (word === undefined || token === undefined) return { size, offset: 0 };
  const seek = SEEKS.get(word);
  if (seek === undefined) throw refusal('invalidEnum', 'seekOperation is Next, Previous, First or Last.');
  if (seek === 'first') return { size, offset: 0 };
  if (seek === 'last') return { size, offset: Math.max(0, Math.ceil(count / size) - 1) * size };
  const offset = sizeSchema.safeParse(Buffer.from(token, 'base64').toString().split(':')[1]);
  if (!offset.success) throw refusal('invalidInput', `${TOKEN_HEADER} is not valid.`);
  return { size, offset: seek === 'next' ? offset.data : Math.max(0, offset.data - 2 * size) };
}

/** The token that leads to this offset. */
export const continuationToken = (offset: number): string => Buffer.from(`page:${offset}`).toString('base64');

/** The link to the next page, its token in a header (page "get-invoice-billed-consumption-lineitems"). */
export function continuedLink(call: Call, token: string): Link {
  const query = new URLSearchParams(call.query.text.replaceAll('?', '&'));
  query.delete('seekOperation');
  const rest = `${query.toString()}&seekOperation=Next`.replace(/^&/, '');
  return link(`${withoutVersion(call.path)}?${rest}`, 'GET', [{ key: TOKEN_HEADER, value: token }]);
}

/** A list in continuation paging. The last page has neither token nor next link. */
export function continued(call: Call, items: readonly object[], longest: number): object {
  const { offset, size } = continuedPage(call, longest, items.length);
  const page = items.slice(offset, offset + size);
  const token = offset + size < items.length ? continuationToken(offset + size) : undefined;
  return {
    continuationToken: token,
    totalCount: page.length,
    items: page,
    links: {
      self: link(selfOf(call)),
      next: token === undefined ? undefined : continuedLink(call, token),
    },
    attributes: { objectType: 'Collection' },
  };
}

/** A list in size/offset paging; the next link has no version, as in the examples. */
export function offsetPaged(call: Call, items: readonly object[], longest: number): object {
  const { offset, size } = pageOf(call, longest);
  const page = items.slice(offset, offset + size);
  return {
    totalCount: page.length,
    items: page,
    links: {
      self: link(selfOf(call)),
      next: offset + size < items.length ? offsetLink(call, size, offset + size) : undefined,
      previous: offset > 0 ? offsetLink(call, size, Math.max(0, offset - size)) : undefined,
    },
    attributes: { objectType: 'Collection' },
  };
}

/** The link to another page of the same list. */
export function offsetLink(call: Call, size: number, offset: number): Link {
  const query = new URLSearchParams(call.query.text);
  query.set('size', `${size}`);
  query.set('offset', `${offset}`);
  return link(`${withoutVersion(call.path)}?${query.toString()}`);
}

/** A path as links write it. */
const withoutVersion = (path: string): string => path.replace(/^\/v1(?=\/)/i, '');

/** The call's own address as links write it. */
export const selfOf = (call: Call): string =>
  withoutVersion(call.path) + (call.query.text === '' ? '' : `?${call.query.text}`);
