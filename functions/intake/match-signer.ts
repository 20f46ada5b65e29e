import { createHmac, timingSafeEqual } from 'node:crypto';
import { base64 } from '#shared/domain/base64';
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
  | { readonly kind: 'malformed-id'; readonly requester: Requester; readonly rule: string }
  | { readonly kind: 'unknown'; readonly why: string };

const TOLERANCE_SECONDS = 300;
/** The specification leaves the id open, but for the full stop, which ends it in what is signed. */
const ID = /^[\x21-\x2d\x2f-\x7e]{1,256}$/;
const ID_RULE = 'must be 1 to 256 visible ASCII characters without a full stop (letters, digits, _ and - are best)';
const MOST_SIGNATURES = 5;
const LONGEST_HEADER = 1024;

/**
 * Finds the requester whose key signed exactly these bytes. Stricter than the specification's libraries: the id has no dot
 * (`a.b` with body `c` would verify as `a` with body `b.c`), the timestamp has digits only and is checked both ways, a
 * signature is base64 and nothing else, and it covers the raw bytes, before anything is decoded. Only who has signed learns
 * that the id breaks the rule.
 *
 * @param receivedAt when the bytes were received: the timestamp may be five minutes newer
 * @param oldestSeconds how much older it may be
 */
export function matchSigner(
  headers: SignatureHeaders,
  body: Uint8Array,
  requesters: Requester[],
  receivedAt: Date,
  oldestSeconds = TOLERANCE_SECONDS,
): Signer {
  const { id, timestamp, signature } = headers;
  if (id === undefined || timestamp === undefined || signature === undefined)
    return { kind: 'unknown', why: 'a signature header is missing' };
  if (!/^\d{1,12}$/.test(timestamp)) return { kind: 'unknown', why: 'webhook-timestamp is malformed' };
  const age = receivedAt.getTime() / 1000 - Number(timestamp);
  if (age > oldestSeconds)
    return { kind: 'unknown', why: `webhook-timestamp is more than ${oldestSeconds} seconds old: sign it again now` };
  if (age < -TOLERANCE_SECONDS)
    return { kind: 'unknown', why: `webhook-timestamp is ${Math.round(-age)} seconds ahead: set the sender's clock` };
  const signatures = presentedSignatures(signature);
  if (signatures === undefined) return { kind: 'unknown', why: 'webhook-signature is malformed' };
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const requester = requesters.find((candidate) => hasSigned(candidate, signed, signatures, receivedAt));
  if (!requester) return { kind: 'unknown', why: 'no key of any requester fits the signature' };
  return ID.test(id)
    ? { kind: 'requester', requester, requestId: id }
    : { kind: 'malformed-id', requester, rule: ID_RULE };
}

function presentedSignatures(header: string): Buffer[] | undefined {
  if (header.length > LONGEST_HEADER) return undefined;
  const tokens = header.split(' ');
  if (tokens.length > MOST_SIGNATURES) return undefined;
  return tokens.filter((token) => token.startsWith('v1,')).flatMap((token) => base64(token.slice(3)) ?? []);
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
