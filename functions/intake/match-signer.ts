import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Source } from '#shared/domain/requester';

/** The three headers of the Standard Webhooks specification (version 1.0, symmetric scheme). */
export interface SignatureHeaders {
  id: string | undefined;
  timestamp: string | undefined;
  signature: string | undefined;
}

/** Who signed, and under which id; or nothing, with a reason for the log only: all failures look alike from outside. */
export type Signer = { source: Source; requestId: string } | { source?: never; why: string };

const TOLERANCE_SECONDS = 300;
const MOST_SIGNATURES = 5;
const LONGEST_HEADER = 1024;

/**
 * Finds the source whose key signed exactly these bytes. Stricter than the specification's libraries: the id has no dot
 * (`a.b` with body `c` would verify as `a` with body `b.c`), the timestamp has digits only and is checked both ways, and
 * the signature covers the raw bytes, before anything is decoded.
 *
 * @param receivedAt when the door received the bytes: the timestamp must be within five minutes of it
 */
export function findSigner(headers: SignatureHeaders, body: Uint8Array, sources: Source[], receivedAt: Date): Signer {
  const { id, timestamp, signature } = headers;
  if (id === undefined || timestamp === undefined || signature === undefined)
    return { why: 'a signature header is missing' };
  if (!/^[A-Za-z0-9_-]{8,64}$/.test(id)) return { why: 'webhook-id is malformed' };
  if (!/^\d{1,12}$/.test(timestamp)) return { why: 'webhook-timestamp is malformed' };
  if (Math.abs(receivedAt.getTime() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS)
    return { why: 'webhook-timestamp is too old or too new' };
  const signatures = presentedSignatures(signature);
  if (signatures === undefined) return { why: 'webhook-signature is malformed' };
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const source = sources.find((candidate) => hasSigned(candidate, signed, signatures, receivedAt));
  return source ? { source, requestId: id } : { why: 'no key of any source fits the signature' };
}

function presentedSignatures(header: string): Buffer[] | undefined {
  if (header.length > LONGEST_HEADER) return undefined;
  const words = header.split(' ');
  if (words.length > MOST_SIGNATURES) return undefined;
  return words.filter((word) => word.startsWith('v1,')).map((word) => Buffer.from(word.slice(3), 'base64'));
}

function hasSigned({ signingKeys }: Source, signed: Buffer, signatures: Buffer[], at: Date): boolean {
  return signingKeys
    .filter(
      ({ notBefore, notAfter }) => (!notBefore || new Date(notBefore) <= at) && (!notAfter || at <= new Date(notAfter)),
    )
    .map(({ secret }) => createHmac('sha256', secret).update(signed).digest())
    .some((expected) =>
      signatures.some((given) => given.length === expected.length && timingSafeEqual(given, expected)),
    );
}
