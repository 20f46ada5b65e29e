import { cutText } from '#shared/domain/cut-text';
import { flag, record, text } from '#shared/partner-center/schema/json-types';

/** What an error body says, in any of its shapes ("Partner Center REST error codes", "API throttling guidance"). */
export interface Fault {
  readonly code?: string | undefined;
  readonly detail?: string | undefined;
  /** The newer services say themselves whether repeating makes sense. */
  readonly isRetryable?: boolean | undefined;
}

/** A fault {code, description}, a newer fault {code, message, isRetryable}, or a gateway's {statusCode, message}. */
const faultBody = record({
  code: text.optional(),
  description: text.optional(),
  message: text.optional(),
  isRetryable: flag.optional(),
}).transform(({ code, description, message, isRetryable }) => ({ code, detail: description ?? message, isRetryable }));

const DETAIL_LENGTH = 500;

/** Reads a parsed error body; text or HTML becomes the detail, cut to a readable length. */
export function parseFault(body: unknown): Fault {
  if (typeof body === 'string') return { detail: readable(body) };
  const read = faultBody.safeParse(body);
  return read.success ? { ...read.data, detail: read.data.detail && readable(read.data.detail) } : {};
}

function readable(detail: string): string | undefined {
  const plain = detail
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return plain === '' ? undefined : cutText(plain, DETAIL_LENGTH);
}
