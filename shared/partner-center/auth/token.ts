import type { SecretStore } from './secret-store';
import { createAuthorityNetwork } from './authority-network';
import { TokenHolder } from './token-holder';

/** App-only (client credentials), or app + user (a refresh token from a user who signed in with MFA). */
export type TokenKind = 'app' | 'user';

export interface TokenOptions {
  /** https://login.microsoftonline.com, or a national cloud's. */
  readonly authorityHost: string;
  /** Where the bytes for authorityHost really go, such as http://127.0.0.1:8080; absent = to authorityHost itself. */
  readonly authorityRoute?: string | undefined;
  readonly tenantId: string;
  /** https://api.partnercenter.microsoft.com, or a national cloud's. */
  readonly audience: string;
  readonly clientId: string;
  readonly clientSecretName: string;
  readonly refreshTokenName: string;
  readonly secrets: SecretStore;
  /** Milliseconds since 1970; Date.now when left out. */
  readonly now?: (() => number) | undefined;
}

export interface TokenHealth {
  /** none = not asked for yet; expiring = usable, but its replacement failed. */
  readonly state: 'none' | 'valid' | 'expiring' | 'failed';
  readonly expiresAt?: string | undefined;
  readonly lastFailure?: TokenFailure | undefined;
}

export interface TokenFailure {
  readonly at: string;
  readonly code: string;
  readonly advice: string;
}

export interface Tokens {
  /** A token that is good for some time yet. Throws a PartnerCenterError; `call` only labels it. */
  get(kind: TokenKind, call: { readonly requestId: string; readonly correlationId: string }): Promise<string>;
  /** Partner Center refused this token: it is not handed out again. */
  reject(kind: TokenKind, token: string): void;
  health(): Readonly<Record<TokenKind, TokenHealth>>;
}

/**
 * Tokens for Partner Center through MSAL: one per kind, shared by all calls, renewed early and once at a time. Throws a
 * RangeError when the secrets would travel in the clear.
 */
export function createTokens(options: TokenOptions): Tokens {
  const network = createAuthorityNetwork(options.authorityHost, options.authorityRoute);
  const app = new TokenHolder('app', { ...options, network });
  const user = new TokenHolder('user', { ...options, network });
  const holder = (kind: TokenKind) => (kind === 'app' ? app : user);
  return {
    get: (kind, call) => holder(kind).get(call),
    reject: (kind, token) => holder(kind).reject(token),
    health: () => ({ app: app.health(), user: user.health() }),
  };
}
