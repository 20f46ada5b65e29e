import type { Link } from '#wire/link';
import type { LineSource } from './line-source';

const batch = 100;

/** What stands around the items of a page. */
export interface Envelope {
  readonly continuationToken: string | undefined;
  readonly links: Readonly<Record<string, Link>>;
}

/** A page of line items as JSON, in pieces of a hundred, each item made when it is written. */
export function* pagePieces(source: LineSource, from: number, to: number, envelope: Envelope): Generator<string> {
  const token = envelope.continuationToken;
  const head = token === undefined ? '' : `"continuationToken":${JSON.stringify(token)},`;
  yield `{${head}"totalCount":${to - from},"items":[`;
  for (let start = from; start < to; start += batch) {
    const items = Array.from({ length: Math.min(batch, to - start) }, (_, step) =>
      JSON.stringify(source.at(start + step)),
    );
    yield (start === from ? '' : ',') + items.join(',');
  }
  yield `],"links":${JSON.stringify(envelope.links)},"attributes":{"objectType":"Collection"}}`;
}
