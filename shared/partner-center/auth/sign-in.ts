import {
  AuthError,
  ConfidentialClientApplication,
  ServerError,
  type AuthenticationResult,
  type INetworkModule,
} from '@azure/msal-node';
import { z } from 'zod';
import type { TokenKind } from '#shared/partner-center/http/request';
import type { SecretStore } from './secret-store';

export interface SignedIn {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** The refresh token to use from now on, when it changed. */
  readonly refreshToken?: string | undefined;
}

export interface SignInOptions {
  /** https://login.microsoftonline.com, or a national cloud's. */
  readonly authorityHost: string;
  readonly tenantId: string;
  /** https://api.partnercenter.microsoft.com, or a national cloud's. */
  readonly audience: string;
  readonly clientId: string;
  readonly clientSecretName: string;
  readonly refreshTokenName: string;
  readonly secrets: SecretStore;
  readonly network: INetworkModule;
}

/** Why there is no token. `code` is Entra's (AADSTS7000222, invalid_grant) or the network's. Holds no secret. */
export class SignInFailed extends Error {
  override readonly name = 'SignInFailed';

  constructor(
    readonly code: string,
    readonly passing: boolean,
    readonly advice: string,
    cause?: unknown,
  ) {
    super(`sign-in failed (${code}): ${advice}`, { cause });
  }
}

/**
 * Gets a new token from Entra ID ("Partner Center authentication", "Enable the secure application model").
 * A fresh MSAL client each time: the secrets may have changed, and its cache then holds one refresh token only.
 */
export async function signIn(
  kind: TokenKind,
  options: SignInOptions,
  unsavedRefreshToken: string | undefined,
): Promise<SignedIn> {
  const { authorityHost, tenantId, audience, clientId, secrets } = options;
  const clientSecret = await secrets.get(options.clientSecretName);
  const client = new ConfidentialClientApplication({
    auth: {
      clientId,
      clientSecret,
      authority: `${authorityHost}/${tenantId}`,
      knownAuthorities: [new URL(authorityHost).host],
    },
    system: { networkClient: options.network },
  });
  if (kind === 'app') {
    return signedIn(await attempt(client.acquireTokenByClientCredential({ scopes: [`${audience}/.default`] })));
  }
  const refreshToken = unsavedRefreshToken ?? (await secrets.get(options.refreshTokenName));
  const scopes = [`${audience}/user_impersonation`];
  // forceCache: without it MSAL drops the rotated refresh token of a user it has not seen sign in.
  const request = { scopes, refreshToken, forceCache: true };
  const result = signedIn(await attempt(client.acquireTokenByRefreshToken(request)));
  const rotated = readRefreshToken(client.getTokenCache().serialize());
  return { ...result, refreshToken: rotated === refreshToken ? undefined : rotated };
}

function signedIn(result: AuthenticationResult | null): SignedIn {
  if (result?.expiresOn == null) throw new SignInFailed('no-token', false, 'Entra ID answered without a token.');
  return { token: result.accessToken, expiresAt: result.expiresOn.getTime() };
}

async function attempt<Result>(acquiring: Promise<Result>): Promise<Result> {
  try {
    return await acquiring;
  } catch (error) {
    throw explain(error);
  }
}

const serializedCache = z.object({ RefreshToken: z.record(z.string(), z.object({ secret: z.string() })) });

/** The rotated refresh token is not on MSAL's result, only in its cache. */
function readRefreshToken(cache: string): string | undefined {
  const read = serializedCache.safeParse(JSON.parse(cache));
  return read.success ? Object.values(read.data.RefreshToken)[0]?.secret : undefined;
}

const ADVICE: ReadonlyMap<string, string> = new Map([
  ['AADSTS7000222', 'The client secret has expired; make a new one and store it.'],
  ['AADSTS7000215', 'The client secret is wrong; store the right one.'],
  ['AADSTS700016', 'The app registration is not known in this tenant; check client id and tenant id.'],
  ['AADSTS90002', 'The tenant is not known; check the tenant id.'],
  [
    'AADSTS65001',
    'The user has not consented, or the consent was revoked; repeat the consent of the secure application model.',
  ],
  [
    'AADSTS50173',
    'The consent was revoked or the password changed; repeat the consent of the secure application model.',
  ],
  ['AADSTS700082', 'The refresh token has expired; repeat the consent of the secure application model.'],
  ['AADSTS70008', 'The refresh token has expired; repeat the consent of the secure application model.'],
  ['AADSTS70000', 'The refresh token is not valid; repeat the consent of the secure application model.'],
  ['AADSTS50076', 'The user must sign in with MFA; repeat the consent of the secure application model.'],
  ['AADSTS50079', 'The user must set up MFA; then repeat the consent of the secure application model.'],
  ['AADSTS53003', 'Conditional access blocks the sign-in; change the policy or the user.'],
  ['invalid_client', 'Entra ID does not accept the client id and secret.'],
  ['invalid_grant', 'The refresh token is not valid any more; repeat the consent of the secure application model.'],
]);

/** MSAL's codes for network failures, and OAuth's for failures of Entra ID itself: they may pass. */
const PASSING = new Set([
  'endpoints_resolution_error',
  'openid_config_error',
  'network_error',
  'no_network_connectivity',
  'request_timeout',
  'server_error',
  'temporarily_unavailable',
]);

/** Entra ID's own codes for what passes, whatever OAuth error it wraps them in (page "Microsoft Entra authentication and authorization error codes"). */
const PASSING_AADSTS = new Set(['AADSTS90006', 'AADSTS90012', 'AADSTS90033', 'AADSTS90055', 'AADSTS50196']);

/** An answer of Entra ID that says "not now", whatever its body says. */
function isNotNow(error: AuthError): boolean {
  const status = error instanceof ServerError ? (error.status ?? 0) : 0;
  return status === 408 || status === 429 || status >= 500;
}

function explain(error: unknown): SignInFailed {
  const { errorCode = 'unknown', errorMessage = '' } = error instanceof AuthError ? error : {};
  const code = /AADSTS\d+/.exec(errorMessage)?.[0] ?? errorCode;
  const passing =
    !(error instanceof AuthError) || PASSING.has(errorCode) || PASSING_AADSTS.has(code) || isNotNow(error);
  const advice =
    ADVICE.get(code) ??
    ADVICE.get(errorCode) ??
    (passing
      ? 'Entra ID cannot be reached at the moment; check the authority host if this persists.'
      : 'Entra ID refused the sign-in; check the app registration.');
  return new SignInFailed(code, passing, advice);
}
