import { createHash, randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { collection } from './collection';
import { callApi } from './call-api';
import type { ApiRequest, Call, Transport } from './transport';
import type { Link } from './wire';

/** offset: invoices and legacy line items. continuation: modern line items, customers, audit records ("Page results"). */
export type PagingScheme = 'offset' | 'continuation';

/**
 * Every item of a paged list, page after page, each page only when it is wanted. It ends at the last page, and also when
 * a page, a token or (where items have ids) nothing but known ids comes: some lists ignore the offset and would never
 * end. Every page is a call of its own, so pages after the first get request ids of their own.
 */
export async function* readPages<Item extends z.ZodType>(
  pc: Transport,
  request: ApiRequest,
  scheme: PagingScheme,
  item: Item,
  call: Call,
  idOf?: (item: z.infer<Item>) => string,
): AsyncGenerator<z.infer<Item>, void, undefined> {
  const schema = collection(item);
  const marks = new Set<string>();
  const ids = new Set<string>();
  let next: ApiRequest | undefined = request;
  let offset = 0;
  for (let requestId = call.requestId; next !== undefined; requestId = randomUUID()) {
    const page: z.infer<typeof schema> = await callApi(pc, next, schema, { ...call, requestId });
    const token = page.continuationToken ?? continuationToken(page.links?.next);
    if (isRepeated(marks, [fingerprint(page.items), token])) return;
    const fresh = idOf === undefined ? page.items : page.items.filter((each) => isNew(ids, idOf(each)));
    yield* fresh;
    if (fresh.length === 0 && scheme === 'offset') return;
    offset += page.items.length;
    const more = page.links?.next !== undefined;
    next = scheme === 'offset' ? nextOffset(request, offset, more) : nextToken(request, token);
  }
}

function isRepeated(seen: Set<string>, marks: readonly (string | undefined)[]): boolean {
  return marks.some((mark) => mark !== undefined && !isNew(seen, mark));
}

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

function continuationToken(next: Link | undefined): string | undefined {
  return next?.headers.find(({ key }) => key.toLowerCase() === 'ms-continuationtoken')?.value;
}

function fingerprint(items: readonly unknown[]): string {
  return createHash('sha1').update(JSON.stringify(items)).digest('base64');
}
