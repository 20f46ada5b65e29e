import type { Call, TokenKind } from './request';

/** What a transport needs of the sign-in. */
export interface TokenProvider {
  /** A token that stays valid for some time. Throws a PartnerCenterError; `call` only labels it. */
  get(kind: TokenKind, call: Call): Promise<string>;
  /** Partner Center refused this token: it is not handed out again. */
  reject(kind: TokenKind, token: string): void;
}
