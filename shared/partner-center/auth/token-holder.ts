import { classifyOutage } from '#shared/domain/classify-outage';
import { PartnerCenterError } from '#shared/partner-center/errors/partner-center-error';
import { systemErrorOf } from '#shared/partner-center/errors/system-error';
import type { Call, TokenKind } from '#shared/partner-center/http/request';
import { signIn, SignInFailed, type SignedIn, type SignInOptions } from './sign-in';

/** Time enough for the longest call (checkout, 180 s) to end within the token's life. */
const RENEW_BEFORE_MILLISECONDS = 300_000;
/** After a failed renewal the old token serves this long before the next try. */
const PAUSE_MILLISECONDS = 30_000;

export interface TokenHolderOptions extends SignInOptions {
  /** Milliseconds since 1970; Date.now when left out. */
  readonly now?: (() => number) | undefined;
}

export interface TokenHealth {
  /** none = not asked for yet; expiring = usable, but its replacement failed. */
  readonly state: 'none' | 'valid' | 'expiring' | 'failed';
  /** ISO 8601, as is `lastFailure.at`. */
  readonly expiresAt?: string | undefined;
  readonly lastFailure?: TokenFailure | undefined;
}

interface TokenFailure {
  readonly at: string;
  readonly code: string;
  readonly advice: string;
}

type Held = SignedIn & { readonly renewAt: number };

/** The token of one kind: held, renewed early, by one sign-in at a time. */
export class TokenHolder {
  readonly #kind: TokenKind;
  readonly #options: SignInOptions;
  readonly #now: () => number;
  #held: Held | undefined;
  #pending: Promise<Held> | undefined;
  #pausedUntil = 0;
  #lastFailure: TokenFailure | undefined;
  /** A rotated refresh token that could not be stored yet; the old one may not work any more. */
  #unsaved: string | undefined;

  constructor(kind: TokenKind, { now = Date.now, ...options }: TokenHolderOptions) {
    this.#kind = kind;
    this.#options = options;
    this.#now = now;
  }

  /** The held token, or a new one. Throws a PartnerCenterError when there is neither. */
  async get({ requestId, correlationId }: Call): Promise<string> {
    const usable = this.#usable();
    if (usable !== undefined && this.#now() < Math.max(usable.renewAt, this.#pausedUntil)) return usable.token;
    try {
      this.#pending ??= this.#renew().finally(() => (this.#pending = undefined));
      return (await this.#pending).token;
    } catch (error) {
      const failure = this.#remember(error);
      const old = this.#usable();
      if (old !== undefined) return old.token;
      throw new PartnerCenterError({
        operation: `sign in (${this.#kind})`,
        requestId,
        correlationId,
        code: failure.code,
        remedy: failure.passing ? 'repeat' : 'hold',
        outcomeKnown: true,
        advice: failure.advice,
        cause: failure,
      });
    }
  }

  /** Forgets a token that Partner Center refused. */
  reject(token: string): void {
    if (this.#held?.token === token) this.#held = undefined;
  }

  health(): TokenHealth {
    const usable = this.#usable();
    const lastFailure = this.#lastFailure;
    if (usable === undefined) return { state: lastFailure === undefined ? 'none' : 'failed', lastFailure };
    const expiresAt = new Date(usable.expiresAt).toISOString();
    return { state: this.#now() < usable.renewAt ? 'valid' : 'expiring', expiresAt, lastFailure };
  }

  #usable(): Held | undefined {
    return this.#held !== undefined && this.#held.expiresAt > this.#now() ? this.#held : undefined;
  }

  async #renew(): Promise<Held> {
    const asked = this.#now();
    const result = await signIn(this.#kind, this.#options, this.#unsaved);
    // A short-lived token is renewed after half its life, or it would be renewed at every call.
    const early = Math.min(RENEW_BEFORE_MILLISECONDS, (result.expiresAt - asked) / 2);
    const held = { ...result, renewAt: result.expiresAt - early };
    this.#held = held;
    this.#lastFailure = undefined;
    await this.#save(result.refreshToken ?? this.#unsaved);
    return held;
  }

  /** The new token is good even if the store fails now: the refresh token is kept and stored with the next renewal. */
  async #save(refreshToken: string | undefined): Promise<void> {
    if (refreshToken === undefined) return;
    this.#unsaved = refreshToken;
    try {
      await this.#options.secrets.set(this.#options.refreshTokenName, refreshToken);
      this.#unsaved = undefined;
    } catch {
      const advice = 'The rotated refresh token could not be stored; check the access to the secret store.';
      this.#lastFailure = this.#failure('secret-not-stored', advice);
    }
  }

  #remember(error: unknown): SignInFailed {
    this.#pausedUntil = this.#now() + PAUSE_MILLISECONDS;
    const failure = error instanceof SignInFailed ? error : secretFailure(error);
    this.#lastFailure = this.#failure(failure.code, failure.advice);
    return failure;
  }

  #failure(code: string, advice: string): TokenFailure {
    return { at: new Date(this.#now()).toISOString(), code, advice };
  }
}

/** Node's codes for a secret file that is not there for us: an operator must act. Other failures of a disk may pass. */
const NO_ACCESS = new Set(['EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'EROFS']);

/** What a vault, or the identity that opens it, answers to somebody it does not know or let in. */
const FORBIDDEN = new Set([400, 401, 403]);

/**
 * A store that can't be reached, or an identity that can't get a token for it, may come back; a secret that is missing or forbidden needs
 * an operator.
 */
function secretFailure(error: unknown): SignInFailed {
  const outage = classifyOutage(error);
  const isForbidden = FORBIDDEN.has(outage?.statusCode ?? 0);
  const code = systemErrorOf(error)?.code;
  const isDisk = code !== undefined && /^E[A-Z]+$/.test(code) && !NO_ACCESS.has(code);
  const passing = (outage !== undefined && !isForbidden) || isDisk;
  const advice = passing
    ? 'The secret store cannot be reached at the moment; check its address and the identity if this persists.'
    : 'A secret could not be read; check its name and the access to the secret store.';
  return new SignInFailed('secret-store', passing, advice, error);
}
