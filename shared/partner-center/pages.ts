import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { collection } from './collection';
import { callApi, readAnswer } from './call-api';
import { PartnerCenterError } from './errors';
import type { ApiRequest, Call, Transport } from './transport';
import type { Link } from './wire';

/** offset: invoices and legacy line items. continuation: modern line items, customers, audit records ("Page results"). */
export type PagingScheme = 'offset' | 'continuation';

/**
 * Every item of a paged list, page after page, each page only when it is wanted. It ends at the last page, and also when a
 * page (of the offset scheme), a token or nothing but known ids comes again: some lists ignore the offset and would never
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
  const marks = new Set<string>();
  const ids = new Set<string>();
  let next: ApiRequest | undefined = request;
  let offset = 0;
  for (let requestId = call.requestId; next !== undefined; requestId = randomUUID()) {
    const pageCall = { ...call, requestId };
    const page: z.infer<typeof anyPage> = await readPage(pc, next, pageCall, next === request);
    const token = page.continuationToken ?? continuationToken(page.links?.next);
    const mark = scheme === 'offset' ? fingerprint(page.items) : token;
    if (mark !== undefined && !isNew(marks, mark)) return;
    let fresh = 0;
    // Each item is read only when it is wanted: a page holds thousands, and a list millions.
    for (const raw of page.items) {
      const read = readAnswer(raw, request, item, pageCall);
      if (idOf !== undefined && !isNew(ids, idOf(read))) continue;
      fresh += 1;
      yield read;
    }
    if (fresh === 0 && page.items.length > 0) return;
    offset += page.items.length;
    const more = page.links?.next !== undefined && page.items.length > 0;
    next = scheme === 'offset' ? nextOffset(request, offset, more) : nextToken(request, token);
  }
}

const anyPage = collection(z.unknown());

const WAITS = 5;
const LONGEST_WAIT_SECONDS = 90;

/**
 * One page. In the middle of a list there is no way to tell the caller to come back later without losing all pages
 * before, so here, and only here, a short wait is slept through.
 */
async function readPage(
  pc: Transport,
  request: ApiRequest,
  call: Call,
  isFirst: boolean,
): Promise<z.infer<typeof anyPage>> {
  for (let waits = 0; ; waits += 1) {
    try {
      return await callApi(pc, request, anyPage, call);
    } catch (error) {
      const seconds =
        error instanceof PartnerCenterError && error.remedy === 'wait' ? error.retryAfterSeconds : undefined;
      if (isFirst || seconds === undefined || seconds > LONGEST_WAIT_SECONDS || waits === WAITS) throw error;
      await sleep(seconds * 1000);
    }
  }
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

/** Tells a page that comes again. */
function fingerprint(items: readonly unknown[]): string {
  return createHash('sha1').update(JSON.stringify(items)).digest('base64');
}
