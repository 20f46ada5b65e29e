import type { HttpResponseInit } from '@azure/functions';

/** What is wrong with which member, and what to do. */
export interface Problem {
  field: string;
  message: string;
}

/** The problems this API answers with, as problem+json (RFC 9457). The type is stable, the detail is for people. */
const problems = {
  unauthorized: { status: 401, title: 'The signature or key is missing or does not fit' },
  'length-required': { status: 411, title: 'The body came without its length' },
  'unsupported-encoding': { status: 415, title: 'The body is compressed' },
  'too-large': { status: 413, title: 'The body is larger than 256 kB' },
  'not-json': { status: 400, title: 'The body is not JSON' },
  'invalid-request': { status: 422, title: 'The purchase request is not valid' },
  conflict: { status: 409, title: 'This id was used before with other content' },
  'not-found': { status: 404, title: 'There is no such purchase' },
  unavailable: { status: 503, title: 'Cartage cannot reach what it needs at the moment' },
} as const;
export type ProblemType = keyof typeof problems;

/** A problem as an answer; `headers` are added to those of every problem. */
export function problem(
  type: ProblemType,
  detail: string,
  errors?: Problem[],
  headers?: Readonly<Record<string, string>>,
): HttpResponseInit {
  const { status, title } = problems[type];
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({
      type: `urn:cartage:problem:${type}`,
      title,
      status,
      detail,
      ...(errors ? { errors } : {}),
    }),
  };
}
