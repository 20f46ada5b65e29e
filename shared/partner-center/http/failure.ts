import { isNativeError } from 'node:util/types';
import { lookUpError } from '#shared/partner-center/errors/error-table';
import { parseFault, type Fault } from '#shared/partner-center/errors/fault';
import {
  PartnerCenterError,
  type PartnerCenterErrorProperties,
  type Remedy,
} from '#shared/partner-center/errors/partner-center-error';
import { systemErrorOf } from '#shared/partner-center/errors/system-error';
import { AnswerTooLarge } from './read-body';
import { changesNothing, type ApiRequest, type Call } from './request';

/** The error for an answer that is not 2xx (or that holds a fault although it is). */
export function refusedAnswer(
  request: ApiRequest,
  call: Call,
  status: number,
  body: unknown,
  retryAfterSeconds: number | undefined,
): PartnerCenterError {
  const fault = parseFault(body);
  const entry = lookUpError(status, fault.code);
  const reads = changesNothing(request);
  const remedy = reads ? entry.remedy : (entry.writeRemedy ?? entry.remedy);
  return new PartnerCenterError({
    ...labels(request, call),
    status,
    code: fault.code,
    remedy: believe(fault, remedy),
    retryAfterSeconds: retryAfterSeconds ?? entry.waitSeconds,
    outcomeKnown: reads || !(entry.unclear === true || (status >= 500 && status !== 501)),
    newForSeconds: entry.newForSeconds,
    advice: entry.advice,
    detail: fault.detail,
  });
}

/**
 * The error for whatever stopped an exchange: no connection, a reset, our time limit, an answer that is too large.
 * Errors that already say what they mean pass through; so do mistakes of ours (they have no network code).
 */
export function brokenBy(error: unknown, request: ApiRequest, call: Call, signal: AbortSignal): Error {
  if (error instanceof PartnerCenterError) return error;
  if (signal.aborted)
    return broken(request, call, { code: 'timeout', advice: 'There was no complete answer in time.' });
  if (error instanceof AnswerTooLarge) {
    return broken(request, call, {
      code: 'answer-too-large',
      remedy: 'hold',
      advice: 'The answer is larger than the limit for an answer in memory.',
    });
  }
  const failure = systemErrorOf(error);
  if (failure === undefined || OUR_MISTAKE.test(failure.code)) {
    return isNativeError(error) ? error : new Error('unknown failure', { cause: error });
  }
  const { code, message } = failure;
  // Only the message of the cause is kept: its request object holds the token.
  const cause = new Error(message);
  if (BEFORE_TLS.test(code) || NO_TLS.test(message)) {
    return broken(request, call, {
      code,
      neverSent: true,
      remedy: 'hold',
      cause,
      advice: 'The server has no valid certificate for this name; check the API root.',
    });
  }
  const neverSent = NEVER_SENT.has(code);
  const advice = neverSent ? 'There was no connection; check the network and the API root.' : 'The connection broke.';
  return broken(request, call, { code, neverSent, cause, advice });
}

/** The error for a success whose body is no JSON: cut short, or not from Partner Center at all. */
export function damagedAnswer(request: ApiRequest, call: Call): PartnerCenterError {
  return broken(request, call, {
    code: 'not-json',
    advice: 'The answer is incomplete or not from Partner Center; check the API root if this persists.',
  });
}

/** Node's codes for a request that could not be built, such as a header with a line break. */
const OUR_MISTAKE = /^ERR_(?:HTTP_)?INVALID_/;

/** Node's and OpenSSL's codes for a handshake that failed: nothing was sent. */
const BEFORE_TLS = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/;
/** OpenSSL's message for a server that does not speak TLS; the code (EPROTO) says less. */
const NO_TLS = /wrong version number/i;

/** Node's codes for failures before a single byte of the request left. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);

function broken(
  request: ApiRequest,
  call: Call,
  properties: Pick<PartnerCenterErrorProperties, 'code' | 'advice' | 'cause'> & {
    neverSent?: boolean;
    remedy?: Remedy;
  },
): PartnerCenterError {
  const outcomeKnown = changesNothing(request) || properties.neverSent === true;
  return new PartnerCenterError({
    ...labels(request, call),
    code: properties.code,
    remedy: outcomeKnown ? (properties.remedy ?? 'repeat') : 'verify',
    outcomeKnown,
    advice: properties.advice,
    cause: properties.cause,
  });
}

/** The error for a call that was not made because a budget is used up. */
export function mustWait(request: ApiRequest, call: Call, seconds: number): PartnerCenterError {
  return new PartnerCenterError({
    ...labels(request, call),
    code: 'throttled',
    remedy: 'wait',
    retryAfterSeconds: seconds,
    outcomeKnown: true,
    advice: 'The request budget is used up for now; the call was not made.',
  });
}

function labels(request: ApiRequest, call: Call) {
  return { operation: request.operation, requestId: call.requestId, correlationId: call.correlationId };
}

/** When a service says itself whether repeating makes sense, that beats our general rule. */
function believe({ isRetryable }: Fault, remedy: Remedy): Remedy {
  if (isRetryable === true && (remedy === 'reject' || remedy === 'hold')) return 'repeat';
  if (isRetryable === false && remedy === 'repeat') return 'hold';
  return remedy;
}
