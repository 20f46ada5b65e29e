import type { TokenKind } from '#shared/partner-center/http/request';
import type { TokenProvider } from '#shared/partner-center/http/token-provider';
import { createAuthorityNetwork } from './authority-network';
import { TokenHolder, type TokenHealth, type TokenHolderOptions } from './token-holder';

export interface TokenOptions extends Omit<TokenHolderOptions, 'network'> {
  /** Where the bytes for authorityHost really go, such as http://127.0.0.1:8080; absent = to authorityHost itself. */
  readonly authorityRoute?: string | undefined;
}

export interface Tokens extends TokenProvider {
  /** How each kind of token is, for a health check. Holds no secret. */
  health(): Readonly<Record<TokenKind, TokenHealth>>;
}

/**
 * Tokens for Partner Center through MSAL: one per kind, shared by all calls, renewed early and once at a time. Throws a
 * RangeError when the secrets would travel in the clear.
 */
export function createTokens({ authorityRoute, ...options }: TokenOptions): Tokens {
  const network = createAuthorityNetwork(options.authorityHost, authorityRoute);
  const app = new TokenHolder('app', { ...options, network });
  const user = new TokenHolder('user', { ...options, network });
  const holder = (kind: TokenKind) => (kind === 'app' ? app : user);
  return {
    get: (kind, call) => holder(kind).get(call),
    reject: (kind, token) => holder(kind).reject(token),
    health: () => ({ app: app.health(), user: user.health() }),
  };
}
