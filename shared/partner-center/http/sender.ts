import { PassThrough } from 'node:stream';
import { parseFault } from '#shared/partner-center/errors/fault';
import { parseRetryAfter } from '#shared/partner-center/throttle/retry-after';
import type { Throttle } from '#shared/partner-center/throttle/throttle';
import { startDeadline } from './deadline';
import { brokenBy, mustWait, refusedAnswer } from './failure';
import { createHttpClient, type HttpAnswer } from './http-client';
import { parseJson } from './parse-json';
import { parseSuccess } from './parse-success';
import { readBody } from './read-body';
import type { ApiRequest, Call } from './request';
import { requestHeaders, requestUrl } from './request-head';
import type { TokenProvider } from './token-provider';
import type { Transport } from './transport';

export interface SenderLimits {
  /** The largest answer that is read into memory. */
  readonly answerBytes: number;
  /** For a whole call with its answer, unless the call asks for more (checkout: 180). */
  readonly timeoutSeconds: number;
  /** For a whole streamed download. */
  readonly downloadSeconds: number;
}

export interface SenderOptions {
  /** https://api.partnercenter.microsoft.com, a national cloud's, or a sandbox's. */
  readonly apiRoot: string;
  readonly tokens: TokenProvider;
  /** Sent as MS-PartnerCenter-Application. */
  readonly applicationName: string;
  /** Language of texts; en-US when left out. */
  readonly locale?: string | undefined;
  readonly limits: SenderLimits;
  readonly throttle: Throttle;
}

/** An error body is only read for its code and text. */
const ERROR_BYTES = 256 * 1024;

/** One attempt at a request: through the gate, with a token, within a time limit, to an answer or a PartnerCenterError. */
export function createSender(options: SenderOptions): Transport {
  const { tokens, limits, throttle } = options;
  const http = createHttpClient(options.apiRoot);

  async function enter(request: ApiRequest, call: Call): Promise<() => void> {
    const admission = await throttle.enter(request.customerId);
    if (!admission.admitted) throw mustWait(request, call, admission.waitSeconds);
    return admission.leave;
  }

  /** Up to the answer's headers. A refused token is replaced once. */
  async function exchange(
    request: ApiRequest,
    call: Call,
    encoding: 'gzip' | 'identity',
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const { method } = request;
    const url = requestUrl(options.apiRoot, request);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const sendWith = (token: string) =>
      http({
        method,
        url,
        headers: { 'Accept-Encoding': encoding, ...requestHeaders(options, request, call, token) },
        body,
        signal,
      });

    const token = await tokens.get(request.token, call);
    const answer = await sendWith(token);
    if (answer.status !== 401) return answer;
    // To its end, so that the connection can be used again, but no further than any other error body.
    await readErrorBody(answer, signal);
    tokens.reject(request.token, token);
    return sendWith(await tokens.get(request.token, call));
  }

  /** Throws what the answer means, unless it is a success. */
  async function expectSuccess(
    request: ApiRequest,
    call: Call,
    answer: HttpAnswer,
    signal: AbortSignal,
  ): Promise<void> {
    const { status } = answer;
    if (status !== 429) throttle.succeeded(request.customerId);
    if (status >= 200 && status < 300) return;
    const body = await readErrorBody(answer, signal);
    const retryAfter = parseRetryAfter(answer.header('retry-after'), parseFault(body).detail, Date.now());
    const seconds = status === 429 ? throttle.close(request.customerId, retryAfter ?? 60) : retryAfter;
    throw refusedAnswer(request, call, status, body, seconds);
  }

  return {
    async send(request, call) {
      const leave = await enter(request, call);
      const { signal, stop } = startDeadline(request.timeoutSeconds ?? limits.timeoutSeconds);
      try {
        const answer = await exchange(request, call, 'gzip', signal);
        await expectSuccess(request, call, answer, signal);
        const { status, header } = answer;
        const body = parseSuccess(request, call, status, await readBody(answer, limits.answerBytes, signal));
        return { status, header, body };
      } catch (error) {
        throw brokenBy(error, request, call, signal);
      } finally {
        stop();
        leave();
      }
    },

    async download(request, call) {
      const leave = await enter(request, call);
      const { signal, stop, abort } = startDeadline(limits.downloadSeconds);
      try {
        const answer = await exchange(request, call, 'identity', signal);
        await expectSuccess(request, call, answer, signal);
        const stream = new PassThrough();
        answer.stream.on('error', (error) => stream.destroy(brokenBy(error, request, call, signal)));
        // Nobody may listen any more: an error without a listener would end the process.
        stream.on('error', () => undefined);
        stream.once('close', () => {
          stop();
          leave();
          if (!stream.readableEnded) abort();
        });
        answer.stream.pipe(stream);
        return { status: answer.status, header: answer.header, stream };
      } catch (error) {
        stop();
        leave();
        throw brokenBy(error, request, call, signal);
      }
    },
  };
}

async function readErrorBody(answer: HttpAnswer, signal: AbortSignal): Promise<unknown> {
  let body: string;
  try {
    body = await readBody(answer, ERROR_BYTES, signal);
  } catch {
    // The status is known and decides; a body that is cut short or endless adds nothing.
    return undefined;
  }
  try {
    return parseJson(body);
  } catch {
    return body;
  }
}
