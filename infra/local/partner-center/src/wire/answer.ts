/** What a route answers. A body in pieces is sent as it is made. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | Iterable<string> | AsyncIterable<string | Buffer>;
}

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };

/** A JSON answer, 200 by default. */
export const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: JSON_TYPE,
  body: JSON.stringify(value),
});

/** A JSON answer whose text is made piece by piece, for bodies too large to hold in memory. */
export const jsonPieces = (pieces: Iterable<string>): Answer => ({ status: 200, headers: JSON_TYPE, body: pieces });

/** An answer without a body. */
export const empty = (status: number, headers: Record<string, string> = {}): Answer => ({ status, headers, body: '' });

/** A PDF, offered under this file name. */
export const pdf = (bytes: Buffer, filename: string): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'application/pdf', 'Content-Disposition': `attachment; filename=${filename}` },
  body: bytes,
});

/** An HTML page, 200 by default. */
export const html = (text: string, status = 200): Answer => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: text,
});

/** The API gateway's own error shape (page "api-throttling-guidance"). */
export const gateway = (statusCode: number, message: string, headers: Record<string, string> = {}): Answer => ({
  status: statusCode,
  headers: { ...JSON_TYPE, ...headers },
  body: JSON.stringify({ statusCode, message }),
});

/** 429 of the gateway: the caller may try again after this many seconds (page "api-throttling-guidance"). */
export const tooManyRequests = (seconds: number): Answer =>
  gateway(429, `Rate limit is exceeded. Try again in ${seconds} seconds.`, { 'Retry-After': `${seconds}` });
