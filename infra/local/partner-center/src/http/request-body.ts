import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { gateway, json, type Answer } from '#wire/answer';
import { refusal } from '#wire/refusal';

/** Four megabytes: far more than any request needs. */
const LONGEST = 4_000_000;

/** The body's text, or the answer to a body that cannot be read. */
export async function readBody(request: IncomingMessage): Promise<string | Answer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  const bytes = announced > LONGEST ? undefined : await collect(request);
  if (bytes === undefined) {
    // Discards what still comes, so that the caller gets to read the answer.
    request.resume();
    return gateway(413, 'The request is too large.');
  }
  if (!isUtf8(bytes)) return json(refusal('invalidInput', 'The body is not UTF-8.').body(), 400);
  return bytes.toString('utf8');
}

async function collect(request: IncomingMessage): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(piece)) throw new TypeError('Request bodies come as bytes');
    length += piece.length;
    if (length > LONGEST) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
