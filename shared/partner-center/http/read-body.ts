import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { HttpAnswer } from './http-client';

/** An answer holds more bytes than we are ready to keep in memory. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

/**
 * Reads a body into a string, unpacked. Throws AnswerTooLarge past `limit` bytes (counted after unpacking), and the
 * stream's own error when the answer is cut short or the signal aborts.
 */
export async function readBody({ stream, header }: HttpAnswer, limit: number, signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const collect = async (source: AsyncIterable<string | Buffer>): Promise<void> => {
    for await (const part of source) {
      const chunk = typeof part === 'string' ? Buffer.from(part) : part;
      size += chunk.length;
      if (size > limit) throw new AnswerTooLarge();
      chunks.push(chunk);
    }
  };
  // Some servers mark an empty body as gzip, which the unpacker takes for one that is cut short.
  const isPacked = header('content-encoding')?.toLowerCase() === 'gzip' && header('content-length') !== '0';
  try {
    if (isPacked) await pipeline(stream, createGunzip(), collect, { signal });
    else await pipeline(stream, collect, { signal });
  } catch (error) {
    // With a stream in between, the pipeline reports that it was aborted and not why.
    throw size > limit ? new AnswerTooLarge(`more than ${limit} bytes`) : error;
  }
  return Buffer.concat(chunks).toString();
}
