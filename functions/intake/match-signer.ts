import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Requester } from '#shared/domain/requester';

/** The three headers of the Standard Webhooks specification (version 1.0, symmetric scheme). */
export interface SignatureHeaders {
  id: string | undefined;
  timestamp: string | undefined;
  signature: string | undefined;
}

/** Who signed, and under which id; or nothing, with a reason for the log only: from outside all failures are the same. */
export type Signer =
  | { readonly kind: 'requester'; readonly requester: Requester; readonly requestId: string }
  | { readonly kind: 'unknown'; readonly why: string };

const TOLERANCE_SECONDS = 300;
const MOST_SIGNATURES = 5;
const LONGEST_HEADER = 1024;

/**
 * Finds the requester whose key signed exactly these bytes. Stricter than the specification's libraries: the id has no dot
 * (`a.b` with body `c` would verify as `a` with body `b.c`), the timestamp has digits only and is checked both ways, and
 * the signature covers the raw bytes, before anything is decoded.
 *
 * @param receivedAt when the bytes were received: the timestamp must be within five minutes of it
 */
export function matchSigner(
  headers: SignatureHeaders,
  body: Uint8Array,
  requesters: Requester[],
  receivedAt: Date,
): Signer {
  const { id, timestamp, signature } = headers;
  if (id === undefined || timestamp === undefined || signature === undefined)
    return { kind: 'unknown', why: 'a signature header is missing' };
  if (!/^[A-Za-z0-9_-]{8,64}$/.test(id)) return { kind: 'unknown', why: 'webhook-id is malformed' };
  if (!/^\d{1,12}$/.test(timestamp)) return { kind: 'unknown', why: 'webhook-timestamp is malformed' };
  if (Math.abs(receivedAt.getTime() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS)
    return { kind: 'unknown', why: 'webhook-timestamp is too old or too new' };
  const signatures = presentedSignatures(signature);
  if (signatures === undefined) return { kind: 'unknown', why: 'webhook-signature is malformed' };
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const requester = requesters.find((candidate) => hasSigned(candidate, signed, signatures, receivedAt));
  return requester
    ? { kind: 'requester', requester, requestId: id }
    : { kind: 'unknown', why: 'no key of any requester fits the signature' };
}

function presentedSignatures(header: string): Buffer[] | undefined {
  if (header.length > LONGEST_HEADER) return undefined;
  const tokens = header.split(' ');
  if (tokens.length > MOST_SIGNATURES) return undefined;
  return tokens.filter((token) => token.startsWith('v1,')).map((token) => Buffer.from(token.slice(3), 'base64'));
}

function hasSigned({ signingKeys }: Requester, signed: Buffer, signatures: Buffer[], at: Date): boolean {
  return signingKeys
    .filter(
      ({ notBefore, notAfter }) => (!notBefore || new Date(notBefore) <= at) && (!notAfter || at <= new Date(notAfter)),
    )
    .map(({ secret }) => createHmac('sha256', secret).update(signed).digest())
    .some((expected) =>
      signatures.some((given) => given.length === expected.length && timingSafeEqual(given, expected)),
    );
}
