import { z } from 'zod';
import { base64 } from './base64';
import { limits } from './limits';

/** Standard Webhooks secrets: 24 to 64 random bytes, written as `whsec_` and base64. */
const signingSecret = z
  .string()
  .transform((text, context) => {
    const key = text.startsWith('whsec_') ? base64(text.slice('whsec_'.length)) : undefined;
    if (key) return key;
    context.addIssue({ code: 'custom', message: 'must be whsec_ and base64 with its padding' });
    return z.NEVER;
  })
  .refine((key) => key.length >= 24 && key.length <= 64, 'must hold 24 to 64 bytes');

const signingKey = z.strictObject({
  secret: signingSecret,
  notBefore: z.iso.datetime().optional(),
  notAfter: z.iso.datetime().optional(),
});

/** A system that may ask for purchases: it sees and touches only its own. */
export const requester = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 lower-case letters, digits or hyphens'),
  /** `crm` posts webhooks, `erp` sends messages to `purchase-requests`. */
  kind: z.enum(['crm', 'erp']),
  signingKeys: z.array(signingKey).min(1).max(2),
  /** SHA-256 (hex) of the keys with which it may read its purchases. */
  readKeys: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hex'))
    .max(4)
    .default([]),
  /** The customers it may buy for, or `*` for all. */
  customers: z.array(z.union([z.literal('*'), z.guid().transform((id) => id.toLowerCase())])).min(1),
  /** What each of its purchases may be at most. */
  limits: limits.optional(),
});
export type Requester = z.infer<typeof requester>;

/** All requesters. A key names its requester, so no two may share one. */
export const requesters = z
  .array(requester)
  .min(1)
  .refine((all) => areDistinct(all.map(({ id }) => id)), 'requester ids must be distinct')
  .refine(
    (all) => areDistinct(all.flatMap(({ signingKeys }) => signingKeys.map(({ secret }) => secret.toString('hex')))),
    'no two signing keys may be the same',
  )
  .refine((all) => areDistinct(all.flatMap(({ readKeys }) => readKeys)), 'no two read keys may be the same');

function areDistinct(values: string[]): boolean {
  return new Set(values).size === values.length;
}

export function mayBuyFor({ customers }: Requester, customerId: string): boolean {
  return customers.includes('*') || customers.includes(customerId);
}
