import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Store } from '#store/store';

/** What an access token says; the names are Entra's. Times in seconds since 1970. */
export const claimsSchema = z.object({
  aud: z.string(),
  iss: z.string(),
  iat: z.number(),
  nbf: z.number(),
  exp: z.number(),
  tid: z.string(),
  appid: z.string(),
  /** `app`: client credentials; `user`: the application acts for a user. */
  idtyp: z.enum(['app', 'user']),
  oid: z.string(),
  /** Ours: how often all tokens had been made to expire when this one was issued. */
  generation: z.number(),
  /** How the user signed in; the API asks for "mfa". */
  amr: z.array(z.string()).optional(),
});
export type Claims = z.infer<typeof claimsSchema>;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Makes and checks access tokens: JSON web tokens signed with a key that never leaves this sandbox. */
export class Tokens {
  private readonly known = new Map<string, Claims>();

  constructor(private readonly store: Store) {}

  issue(claims: object): string {
    const signed = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode({ ...claims, generation: this.generation() })}`;
    return `${signed}.${this.sign(signed)}`;
  }

  /** The claims of a token made here, or undefined. Expiry is not looked at. */
  read(token: string): Claims | undefined {
    const known = this.known.get(token);
    if (known) return known;
    const [head = '', payload = '', signature = ''] = token.split('.');
    const expected = Buffer.from(this.sign(`${head}.${payload}`));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const claims = claimsSchema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
    if (!claims.success) return undefined;
    if (this.known.size > 1000) this.known.clear();
    this.known.set(token, claims.data);
    return claims.data;
  }

  /** Makes every token issued so far count as expired. */
  expireAll(): void {
    this.store.settled.put('tokenGeneration', this.generation() + 1);
  }

  expired(claims: Claims, now: number): boolean {
    return claims.exp <= now || claims.generation < this.generation();
  }

  private generation(): number {
    return Number(this.store.settled.get('tokenGeneration') ?? 0);
  }

  private sign(text: string): string {
    return createHmac('sha256', `${this.store.settled.get('tokenKey')}`)
      .update(text)
      .digest('base64url');
  }
}
