import { setTimeout as wait } from 'node:timers/promises';
import { json, jsonPieces, type Answer } from '#local/partner-center/http/answer';

/** The answer with the second half of its text or bytes missing. */
export function truncated(answer: Answer): Answer {
  const { body } = answer;
  if (Buffer.isBuffer(body)) return { ...answer, body: body.subarray(0, body.length / 2) };
  return typeof body === 'string' ? { ...answer, body: body.slice(0, body.length / 2) } : answer;
}

/** The answer with the named member (or every list) replaced by an object nobody expects. */
export function withWrongTypes(answer: Answer, field: string | undefined): Answer {
  if (typeof answer.body !== 'string' || answer.body === '') return answer;
  const isTarget = (name: string, value: unknown): boolean =>
    field === undefined ? Array.isArray(value) : name.toLowerCase() === field.toLowerCase();
  const spoil = (name: string, value: unknown): unknown => (isTarget(name, value) ? { unexpected: true } : value);
  return { ...answer, body: JSON.stringify(JSON.parse(answer.body, spoil)) };
}

/** The one error that comes with status 200 (page "error-codes"). */
export const unavailable = (): Answer =>
  json({ code: 400072, description: 'The item is not available.', data: [], source: 'PartnerFD' });

const megabyte = ' '.repeat(1_000_000);

/** Valid JSON, most of it blanks. */
export const huge = (megabytes: number): Answer => jsonPieces(hugePieces(megabytes));

function* hugePieces(megabytes: number): Generator<string> {
  yield '{"items":[';
  for (let sent = 0; sent < megabytes; sent += 1) yield megabyte;
  yield ']}';
}

/** The answer's text in a hundred pieces, spread over so many seconds. */
export function dripping(answer: Answer, seconds: number): Answer {
  return typeof answer.body === 'string' ? { ...answer, body: drops(answer.body, seconds) } : answer;
}

async function* drops(text: string, seconds: number): AsyncGenerator<string> {
  const length = Math.ceil(text.length / 100);
  for (let start = 0; start < text.length; start += length) {
    await wait(seconds * 10);
    yield text.slice(start, start + length);
  }
}
