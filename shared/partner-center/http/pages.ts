import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { collection } from '#shared/partner-center/schema/collection';
import { problemsOf, type Link } from '#shared/partner-center/schema/json-types';
import { callApi } from './call-api';
import { tellOdd, type OnOdd } from './odd-record';
import type { ApiRequest, Call } from './request';
import type { Transport } from './transport';

/**
 * offset: invoices and legacy line items ("Get a collection of invoices"). continuation: modern line items, customers,
 * audit records ("Get invoice line items").
 */
export type PagingScheme = 'offset' | 'continuation';

/** A page as it was read, and the request for the page after it. */
interface Page {
  readonly items: readonly unknown[];
  readonly call: Call;
  readonly next: ApiRequest | undefined;
}

export interface PagesOptions<Item> {
  /** What tells items apart: each is given once. An item without an id is told apart by its contents. */
  readonly idOf?: ((item: Item) => string | undefined) | undefined;
  /** Is told of every record that is left out. */
  readonly onOdd?: OnOdd | undefined;
}

/**
 * Every item of a paged list, page after page, each page only when it is needed. It ends at the last page, and also when a
 * page (of the offset scheme), a token or nothing but known ids comes again: some lists ignore the offset and would never
 * end. Every page is a call of its own, so pages after the first get request ids of their own.
 *
 * A record that does not have the documented shape is left out and told of; the list goes on.
 *
 * A failure rejects next() and does not end the list: the next next(), or another `for await` over the same list, asks
 * for the same page again. So a caller who must wait in the middle may come back later and loses nothing.
 */
export function readPages<Item extends z.ZodType>(
  pc: Transport,
  request: ApiRequest,
  scheme: PagingScheme,
  item: Item,
  call: Call,
  { idOf, onOdd }: PagesOptions<z.infer<Item>> = {},
): AsyncIterableIterator<z.infer<Item>, undefined> {
  const marks = new Set<string>();
  const ids = new Set<string>();
  let page: Page = { items: [], call, next: request };
  let taken = 0;
  let fresh = 0;
  let place = 0;
  let odd = 0;
  let offset = 0;
  let turning: Promise<void> | undefined;

  /** The next item of this page that was not given before. It is read only now: a page holds thousands, a list millions. */
  function take(): { readonly value: z.infer<Item> } | undefined {
    while (taken < page.items.length) {
      const raw = page.items[taken];
      const read = item.safeParse(raw);
      taken += 1;
      place += 1;
      const id = read.success ? idOf?.(read.data) : undefined;
      if (idOf !== undefined && !isNew(ids, id ?? fingerprint([raw]))) continue;
      fresh += 1;
      if (read.success) return { value: read.data };
      odd += 1;
      const { requestId, correlationId } = page.call;
      const problems = problemsOf(read.error);
      tellOdd({ operation: request.operation, requestId, correlationId, place, problems, raw }, odd, pc.onOdd, onOdd);
    }
    return undefined;
  }

  /** Puts the page that `next` asks for in the place of this one, which stays when that fails. */
  async function turn(next: ApiRequest): Promise<void> {
    const pageCall = next === request ? call : { ...call, requestId: randomUUID() };
    const { items, links, continuationToken } = await callApi(pc, next, anyPage, pageCall);
    const token = continuationToken ?? tokenOf(links?.next);
    const mark = scheme === 'offset' ? fingerprint(items) : token;
    const isRepeat = mark !== undefined && !isNew(marks, mark);
    offset += items.length;
    const more = links?.next !== undefined && items.length > 0;
    const following = scheme === 'offset' ? nextOffset(request, offset, more) : nextToken(request, token);
    page = isRepeat ? { items: [], call, next: undefined } : { items, call: pageCall, next: following };
    taken = 0;
    fresh = 0;
  }

  return {
    [Symbol.asyncIterator]() {
      return this;
    },

    async next() {
      for (;;) {
        const found = take();
        if (found !== undefined) return found;
        const nothingNew = fresh === 0 && page.items.length > 0;
        if (page.next === undefined || nothingNew) return { done: true, value: undefined };
        // Callers that come at once wait for the same page.
        turning ??= turn(page.next).finally(() => (turning = undefined));
        await turning;
      }
    },
  };
}

const anyPage = collection(z.unknown());

function isNew(seen: Set<string>, mark: string): boolean {
  const before = seen.size;
  return seen.add(mark).size > before;
}

function nextOffset(request: ApiRequest, offset: number, more: boolean): ApiRequest | undefined {
  return more ? { ...request, query: { ...request.query, offset } } : undefined;
}

/** Built anew: the links of the answers are malformed in places (a second "?") and may leave the token out. */
function nextToken(request: ApiRequest, token: string | undefined): ApiRequest | undefined {
  if (token === undefined) return undefined;
  return {
    ...request,
    query: { ...request.query, seekOperation: 'Next' },
    headers: { ...request.headers, 'MS-ContinuationToken': token },
  };
}

function tokenOf(next: Link | undefined): string | undefined {
  return next?.headers.find(({ key }) => key.toLowerCase() === 'ms-continuationtoken')?.value;
}

/** The same for a page that comes again. */
function fingerprint(items: readonly unknown[]): string {
  return createHash('sha1').update(JSON.stringify(items)).digest('base64');
}
