import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, gzipSync } from 'node:zlib';
import { isMfaCompliant } from '#identity/authorize';
import type { SandboxContext } from '#model/sandbox-context';
import type { Answer } from '#wire/answer';
import type { Incoming } from './incoming';

/** A request that waits for its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly incoming: Incoming;
  readonly context: SandboxContext;
}

/** Writes an answer with the headers that every answer has (page "headers"), compressed where that pays. */
export async function writeAnswer(answer: Answer, exchange: Exchange): Promise<void> {
  const { request, response, incoming, context } = exchange;
  const headers = { ...echoes(incoming, context), ...answer.headers };
  const { body } = answer;
  const mayZip = allowsGzip(request.headers['accept-encoding']);
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) {
    // Every piece leaves when it is made: a body that is meant to come slowly must not wait in the compressor.
    const zip = mayZip ? [createGzip({ level: 1, flush: constants.Z_SYNC_FLUSH })] : [];
    response.writeHead(answer.status, { ...headers, ...(mayZip ? ZIPPED : {}) });
    return pipeline([Readable.from(body), ...zip, response]).catch(ignoreHangUp);
  }
  const marked = context.settings.byteOrderMark && typeof body === 'string' && body !== '' ? `\uFEFF${body}` : body;
  const bytes = Buffer.from(marked);
  const zips = mayZip && typeof body === 'string' && bytes.length >= context.settings.gzipFromBytes;
  const sent = zips ? gzipSync(bytes, { level: 1 }) : bytes;
  response.writeHead(answer.status, { ...headers, ...(zips ? ZIPPED : {}), 'Content-Length': sent.length });
  response.end(sent);
}

/** `gzip;q=0` says no (RFC 9110, 12.5.3). */
const allowsGzip = (accepted = ''): boolean => /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(accepted);

const ZIPPED = { 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' };

/** The ids come back as they were sent; sometimes the service writes them twice, joined by a comma. */
function echoes({ requestId, correlationId, headers }: Incoming, context: SandboxContext): Record<string, string> {
  const echo = (text: string): string => (context.settings.echoTwice ? `${text},${text}` : text);
  const locale = headers['x-locale'];
  return {
    'MS-RequestId': echo(requestId),
    'MS-CorrelationId': echo(correlationId),
    'X-Locale': echo(typeof locale === 'string' ? locale : 'en-US'),
    'MS-CV': `${Buffer.from(correlationId).toString('base64').slice(0, 16)}.0`,
    'MS-ServerId': '000001',
    ...mfaHeader(headers, context),
  };
}

/** The answer to the `ValidateMfa` header (page "partner-security-requirements-mandating-mfa"). */
function mfaHeader(
  { validatemfa, authorization }: Incoming['headers'],
  context: SandboxContext,
): Record<string, string> {
  const isAsked = typeof validatemfa === 'string' && validatemfa.toLowerCase() === 'true';
  return isAsked && authorization !== undefined ? { isMfaCompliant: `${isMfaCompliant(authorization, context)}` } : {};
}

/** A caller who hangs up in the middle of a long answer is not an error of the sandbox. */
function ignoreHangUp(error: unknown): void {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE') return;
  throw error;
}
