import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signs texts, and knows its own signatures: what comes back over a queue is then proven to be what was sent. */
export interface Seal {
  sign(text: string): string;
  fits(text: string, signature: string): boolean;
}

/** A seal by HMAC-SHA256. Two with the same key know each other's signatures. */
export function createSeal(key: string | Uint8Array): Seal {
  const digest = (text: string) => createHmac('sha256', key).update(text).digest();
  return {
    sign: (text) => digest(text).toString('base64url'),
    fits(text, signature) {
      const given = Buffer.from(signature, 'base64url');
      const right = digest(text);
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}
