/** Whom a request is made for: the ids that travel with it and come back in errors and logs. */
export interface Call {
  /** MS-RequestId, the idempotency key: the same on every repeat of one logical call. A GUID. */
  readonly requestId: string;
  /** MS-CorrelationId: one per purchase or harvest. A GUID. */
  readonly correlationId: string;
}

/** App-only (client credentials), or app + user (a refresh token from a user who signed in with MFA). */
export type TokenKind = 'app' | 'user';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** One request to Partner Center, as the resource files state it. */
export interface ApiRequest {
  /** What is done, in words ("check out cart"): for errors and logs. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below the API root, with its version segment: /v1/... or /webhooks/v1/... */
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; left out = no body. */
  readonly body?: unknown;
  readonly token: TokenKind;
  /** Whose budget the request counts against, besides the partner's. */
  readonly customerId?: string | undefined;
  /** True for a POST that changes nothing (inventory check): it may be repeated like a GET. */
  readonly readsOnly?: boolean;
  readonly timeoutSeconds?: number;
}

/** True for a request that can't have had an effect, whatever became of it. */
export function changesNothing(request: ApiRequest): boolean {
  return request.method === 'GET' || request.readsOnly === true;
}
