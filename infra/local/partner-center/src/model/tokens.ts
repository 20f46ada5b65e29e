import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Store } from '#store/store';

/** What an access token says; the names are Entra's. Times in seconds since 1970. */
const claimsSchema = z.object({
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
  /** The sandbox's own: how often all tokens had been made to expire when this one was issued. */
  generation: z.number(),
  /** How the user signed in; the API requires "mfa". */
  amr: z.array(z.string()).optional(),
});
type Claims = z.infer<typeof claimsSchema>;

const MOST_KNOWN = 1000;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Issues and verifies access tokens: JSON Web Tokens signed with a key that never leaves the sandbox. */
export class Tokens {
  readonly #store: Store;
  readonly #known = new Map<string, Claims>();

  constructor(store: Store) {
    this.#store = store;
  }

  issue(claims: object): string {
    const signed = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode({ ...claims, generation: this.#generation() })}`;
    return `${signed}.${this.#sign(signed)}`;
  }

  /** The claims of a token issued here, or undefined. Does not check its expiry. */
  read(token: string): Claims | undefined {
    const known = this.#known.get(token);
    if (known) return known;
    const [head = '', payload = '', signature = ''] = token.split('.');
    const expected = Buffer.from(this.#sign(`${head}.${payload}`));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const claims = claimsSchema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
    if (!claims.success) return undefined;
    if (this.#known.size > MOST_KNOWN) this.#known.clear();
    this.#known.set(token, claims.data);
    return claims.data;
  }

  /** Makes every token issued so far count as expired. */
  expireAll(): void {
    this.#store.values.put('tokenGeneration', this.#generation() + 1);
  }

  /** `now` in seconds since 1970. */
  isExpired(claims: Claims, now: number): boolean {
    return claims.exp <= now || claims.generation < this.#generation();
  }

  #generation(): number {
    return Number(this.#store.values.get('tokenGeneration') ?? 0);
  }

  #sign(text: string): string {
    return createHmac('sha256', `${this.#store.values.get('tokenKey')}`)
      .update(text)
      .digest('base64url');
  }
}
