import type { Link } from '#wire/link';
import type { LineSource } from './line-source';

const BATCH = 100;

/** The members of a page other than its items. */
interface Envelope {
  readonly continuationToken: string | undefined;
  /** Links that are undefined are left out. */
  readonly links: Readonly<Record<string, Link | undefined>>;
}

/** A page of line items as JSON, in pieces of a hundred items, each made when it is written. */
export function* pagePieces(source: LineSource, from: number, to: number, envelope: Envelope): Generator<string> {
  const token = envelope.continuationToken;
  const head = token === undefined ? '' : `"continuationToken":${JSON.stringify(token)},`;
  yield `{${head}"totalCount":${to - from},"items":[`;
  for (let start = from; start < to; start += BATCH) {
    const items = Array.from({ length: Math.min(BATCH, to - start) }, (_, step) =>
      JSON.stringify(source.at(start + step)),
    );
    yield (start === from ? '' : ',') + items.join(',');
  }
  yield `],"links":${JSON.stringify(envelope.links)},"attributes":{"objectType":"Collection"}}`;
}
