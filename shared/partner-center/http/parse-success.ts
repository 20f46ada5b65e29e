import { isKnownErrorCode } from '#shared/partner-center/errors/error-table';
import { parseFault } from '#shared/partner-center/errors/fault';
import { damagedAnswer, refusedAnswer } from './failure';
import { parseJson } from './parse-json';
import type { ApiRequest, Call } from './request';

/**
 * The body of a 2xx answer, parsed; undefined for an empty one. Throws a PartnerCenterError for what is no JSON, and for
 * "item not available" (400072), which comes as a fault inside a 200 ("Partner Center REST error codes").
 */
export function parseSuccess(request: ApiRequest, call: Call, status: number, text: string): unknown {
  const body = parseOrThrow(request, call, text);
  const { code } = parseFault(body);
  if (code !== undefined && isKnownErrorCode(code)) throw refusedAnswer(request, call, status, body, undefined);
  return body;
}

function parseOrThrow(request: ApiRequest, call: Call, text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    // The parser's message quotes the body, which may hold personal data; ours says enough.
    throw damagedAnswer(request, call);
  }
}
