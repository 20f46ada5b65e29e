import { setTimeout as wait } from 'node:timers/promises';
import { json, jsonPieces, type Answer } from '#wire/answer';

/** The answer's bytes; a streamed body is made as a whole before it is spoiled. */
function bytesOf({ body }: Answer): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (typeof body === 'string') return Buffer.from(body);
  if (Symbol.iterator in body) return Buffer.from([...body].join(''));
  throw new TypeError('A dripping answer cannot be spoiled again');
}

/** The answer with its body in one buffer. */
export const inOnePiece = (answer: Answer): Answer => ({ ...answer, body: bytesOf(answer) });

/** The answer with the second half of its bytes missing. */
export function truncated(answer: Answer): Answer {
  const bytes = bytesOf(answer);
  return { ...answer, body: bytes.subarray(0, bytes.length / 2) };
}

/** The answer with the named member (or every list) replaced by an object. */
export function withWrongTypes(answer: Answer, field: string | undefined): Answer {
  const bytes = bytesOf(answer);
  if (bytes.length === 0 || answer.headers['Content-Type'] === 'application/pdf') return answer;
  const isTarget = (name: string, value: unknown): boolean =>
    field === undefined ? Array.isArray(value) : name.toLowerCase() === field.toLowerCase();
  const spoil = (name: string, value: unknown): unknown => (isTarget(name, value) ? { unexpected: true } : value);
  return { ...answer, body: JSON.stringify(JSON.parse(bytes.toString(), spoil)) };
}

/** The answer with another value in one place, or without that member; as it is where it has no such place. */
export function changed(answer: Answer, place: readonly string[], value: unknown): Answer {
  const bytes = bytesOf(answer);
  if (bytes.length === 0 || answer.headers['Content-Type'] === 'application/pdf') return answer;
  return { ...answer, body: JSON.stringify(withChange(JSON.parse(bytes.toString()), place, value)) };
}

function withChange(whole: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined) return value;
  if (typeof whole !== 'object' || whole === null) return whole;
  if (Array.isArray(whole)) return whole.map((one, at) => (`${at}` === first ? withChange(one, rest, value) : one));
  return { ...whole, [first]: withChange(new Map(Object.entries(whole)).get(first), rest, value) };
}

/** The one error that comes with status 200 (page "error-codes"). */
export const unavailable = (): Answer =>
  json({ code: 400072, description: 'The item is not available.', data: [], source: 'PartnerFD' });

const MEGABYTE = ' '.repeat(1_000_000);

/** Valid JSON, most of it spaces. */
export const huge = (megabytes: number): Answer => jsonPieces(hugePieces(megabytes));

function* hugePieces(megabytes: number): Generator<string> {
  yield '{"items":[';
  for (let sent = 0; sent < megabytes; sent += 1) yield MEGABYTE;
  yield ']}';
}

/** The answer in a hundred pieces, spread over so many seconds. */
export const dripping = (answer: Answer, seconds: number): Answer => ({
  ...answer,
  body: drops(bytesOf(answer), seconds),
});

async function* drops(bytes: Buffer, seconds: number): AsyncGenerator<Buffer> {
  const length = Math.ceil(bytes.length / 100);
  for (let start = 0; start < bytes.length; start += length) {
    await wait(seconds * 10);
    yield bytes.subarray(start, start + length);
  }
}
