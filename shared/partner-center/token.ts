import type { SecretStore } from './secrets/secret-store';

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
}

export interface TokenHealth {
  readonly state: 'none' | 'valid' | 'expired' | 'failed';
  readonly expiresAt?: string | undefined;
  readonly lastFailure?:
    { readonly at: string; readonly code?: string | undefined; readonly advice: string } | undefined;
}

export interface Tokens {
  /** A token valid for at least some minutes. Throws a PartnerCenterError; `call` only labels it. */
  get(kind: TokenKind, call: { readonly requestId: string; readonly correlationId: string }): Promise<string>;
  /** Partner Center refused this token: never hand it out again. */
  reject(kind: TokenKind, token: string): void;
  health(): Readonly<Record<TokenKind, TokenHealth>>;
}

/** Tokens for Partner Center through MSAL, one per kind, shared by all calls. */
export function createTokens(_options: TokenOptions): Tokens {
  throw new Error('createTokens is not written yet');
}
