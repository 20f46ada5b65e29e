import { createHmac } from 'node:crypto';

/** The headers of a request signed as the Standard Webhooks specification says; ERP messages carry the same as properties. */
export type SignedHeaders = Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>;

/**
 * Signs the exact bytes that will be sent.
 *
 * @param secret `whsec_` and base64
 * @param id the sender's id of the request: 1 to 256 visible ASCII characters without a full stop; the same for every repetition
 */
export function sign(secret: string, id: string, body: Uint8Array, at = new Date()): SignedHeaders {
  const timestamp = `${Math.floor(at.getTime() / 1000)}`;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` };
}
