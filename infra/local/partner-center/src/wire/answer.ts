/** What a route answers. `text` is the body as it goes out; a stream of pieces is sent as it is made. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | Iterable<string> | AsyncIterable<string | Buffer>;
}

const jsonType = { 'Content-Type': 'application/json; charset=utf-8' };

/** A JSON answer; 200 unless told. */
export const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: jsonType,
  body: JSON.stringify(value),
});

/** A JSON answer whose text is made piece by piece, for bodies too large to hold. */
export const jsonPieces = (pieces: Iterable<string>): Answer => ({ status: 200, headers: jsonType, body: pieces });

/** An answer without a body. */
export const empty = (status: number, headers: Record<string, string> = {}): Answer => ({ status, headers, body: '' });

/** A PDF, offered under this file name. */
export const pdf = (bytes: Buffer, filename: string): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'application/pdf', 'Content-Disposition': `attachment; filename=${filename}` },
  body: bytes,
});

/** An HTML page; 200 unless told. */
export const html = (text: string, status = 200): Answer => ({
  status,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: text,
});

/** The API gateway's own error shape (page "api-throttling-guidance"). */
export const gateway = (statusCode: number, message: string, headers: Record<string, string> = {}): Answer => ({
  status: statusCode,
  headers: { ...jsonType, ...headers },
  body: JSON.stringify({ statusCode, message }),
});
