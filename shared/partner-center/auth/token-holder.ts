import { z } from 'zod';
import { readErrorCode } from '#shared/partner-center/errors/error-code';
import { PartnerCenterError } from '#shared/partner-center/errors/errors';
import { SignInFailed, signIn, type SignedIn, type SignInOptions } from './sign-in';
import type { TokenFailure, TokenHealth, TokenKind } from './token';

/** Time enough for the longest call (checkout, 180 s) to end within the token's life. */
const RENEW_BEFORE_MILLISECONDS = 300_000;
/** After a failed renewal the old token serves this long before the next try. */
const PAUSE_MILLISECONDS = 30_000;

type Held = SignedIn & { readonly renewAt: number };
type Labels = { readonly requestId: string; readonly correlationId: string };

/** The token of one kind: held, renewed early, by one sign-in at a time. */
export class TokenHolder {
  private held: Held | undefined;
  private pending: Promise<Held> | undefined;
  private pausedUntil = 0;
  private lastFailure: TokenFailure | undefined;
  /** A rotated refresh token that the secret store did not take yet; the old one may not work any more. */
  private unsaved: string | undefined;

  constructor(
    private readonly kind: TokenKind,
    private readonly options: SignInOptions,
  ) {}

  async get({ requestId, correlationId }: Labels): Promise<string> {
    const usable = this.usable();
    if (usable !== undefined && this.now() < Math.max(usable.renewAt, this.pausedUntil)) return usable.token;
    try {
      this.pending ??= this.renew().finally(() => (this.pending = undefined));
      return (await this.pending).token;
    } catch (error) {
      const failure = this.remember(error);
      const old = this.usable();
      if (old !== undefined) return old.token;
      throw new PartnerCenterError({
        operation: `sign in (${this.kind})`,
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

  reject(token: string): void {
    if (this.held?.token === token) this.held = undefined;
  }

  health(): TokenHealth {
    const usable = this.usable();
    const facts = { expiresAt: usable && new Date(usable.expiresAt).toISOString(), lastFailure: this.lastFailure };
    if (usable === undefined) return { ...facts, state: this.lastFailure === undefined ? 'none' : 'failed' };
    return { ...facts, state: this.now() < usable.renewAt ? 'valid' : 'expiring' };
  }

  private usable(): Held | undefined {
    return this.held !== undefined && this.held.expiresAt > this.now() ? this.held : undefined;
  }

  private async renew(): Promise<Held> {
    const asked = this.now();
    const result = await signIn(this.kind, this.options, this.unsaved);
    // A short-lived token is renewed after half its life, or it would be renewed at every call.
    const early = Math.min(RENEW_BEFORE_MILLISECONDS, (result.expiresAt - asked) / 2);
    this.held = { ...result, renewAt: result.expiresAt - early };
    this.lastFailure = undefined;
    await this.save(result.refreshToken ?? this.unsaved);
    return this.held;
  }

  /** The new token is good even if the store fails now: the refresh token is kept and stored with the next renewal. */
  private async save(refreshToken: string | undefined): Promise<void> {
    if (refreshToken === undefined) return;
    this.unsaved = refreshToken;
    try {
      await this.options.secrets.set(this.options.refreshTokenName, refreshToken);
      this.unsaved = undefined;
    } catch {
      const advice = 'The rotated refresh token could not be stored; check the access to the secret store.';
      this.lastFailure = { at: new Date(this.now()).toISOString(), code: 'secret-not-stored', advice };
    }
  }

  private remember(error: unknown): SignInFailed {
    this.pausedUntil = this.now() + PAUSE_MILLISECONDS;
    const failure = error instanceof SignInFailed ? error : secretFailure(error);
    this.lastFailure = { at: new Date(this.now()).toISOString(), code: failure.code, advice: failure.advice };
    return failure;
  }

  private now(): number {
    return (this.options.now ?? Date.now)();
  }
}

/** An error of an Azure SDK that got an answer. */
const answered = z.object({ statusCode: z.number() });

/** A store that is away may come back; a secret that is missing or forbidden needs a person. */
function secretFailure(error: unknown): SignInFailed {
  const statusCode = answered.safeParse(error).data?.statusCode;
  const passing =
    statusCode === undefined ? readErrorCode(error) !== undefined : statusCode === 429 || statusCode >= 500;
  const advice = 'A secret could not be read; check its name and the access to the secret store.';
  return new SignInFailed('secret-store', passing, advice, error);
}
