import { z } from 'zod';
import type { SandboxContext } from '#model/sandbox-context';
import { AUDIENCES, PARTNER } from '#seed/partner';
import type { Call } from '#wire/call';

/** A refusal of the login authority, in its own shape. */
export class LoginRefusal extends Error {
  override readonly name = 'LoginRefusal';
  readonly status: number;
  readonly error: string;
  readonly code: number;

  constructor(status: number, error: string, code: number, description: string) {
    super(`AADSTS${code}: ${description}`);
    this.status = status;
    this.error = error;
    this.code = code;
  }
}

/** What a token request was granted. */
export interface Grant {
  readonly kind: 'app' | 'user';
  readonly audience: string;
  readonly mfa: boolean;
  /** For a user: the refresh token that replaces the one that was used. */
  readonly refreshToken: string | undefined;
}

const formSchema = z.object({
  grant_type: z.string().optional(),
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
  client_assertion: z.string().optional(),
  refresh_token: z.string().optional(),
  code: z.string().optional(),
  resource: z.string().optional(),
  scope: z.string().optional(),
});
type Form = z.infer<typeof formSchema>;

const KNOWN_AUDIENCES: readonly string[] = Object.values(AUDIENCES);

/** Checks a token request of either version of the endpoint (page "enable-secure-app-model"). Throws LoginRefusal. */
export function grant(call: Call, context: SandboxContext): Grant {
  const form = formSchema.parse(Object.fromEntries(new URLSearchParams(call.text)));
  checkTenant(call.param('tenant'));
  checkClient(form);
  const audience = audienceOf(form);
  const redeemed = REDEMPTIONS.get(form.grant_type ?? '')?.(form, context);
  if (!redeemed) throw new LoginRefusal(400, 'unsupported_grant_type', 70003, 'The grant type is not supported.');
  return { audience, ...redeemed };
}

type Redeemed = Omit<Grant, 'audience'>;

const REDEMPTIONS = new Map<string, (form: Form, context: SandboxContext) => Redeemed>([
  ['client_credentials', () => ({ kind: 'app', mfa: false, refreshToken: undefined })],
  ['refresh_token', (form, context) => ({ kind: 'user', ...redeem(form.refresh_token ?? '', context) })],
  ['authorization_code', (form, context) => ({ kind: 'user', ...redeemCode(form.code ?? '', context) })],
]);

function checkTenant(tenant: string): void {
  const names: readonly string[] = [PARTNER.tenantId, PARTNER.domain, 'common', 'organizations'];
  if (!names.includes(tenant.toLowerCase())) {
    throw new LoginRefusal(400, 'invalid_request', 90002, `Tenant '${tenant}' not found.`);
  }
}

function checkClient(form: Form): void {
  if (form.client_id?.toLowerCase() !== PARTNER.clientId) {
    throw new LoginRefusal(400, 'unauthorized_client', 700016, 'The application was not found in the directory.');
  }
  // A client assertion is not verified: the sandbox has no public key of the application.
  if (form.client_secret !== PARTNER.clientSecret && form.client_assertion === undefined) {
    throw new LoginRefusal(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
  }
}

/** Version 1 names a resource, version 2 a scope below it. */
function audienceOf(form: Form): string {
  const scope = form.scope?.split(' ').find((word) => word.startsWith('https://')) ?? '';
  const audience = (form.resource ?? scope.slice(0, Math.max(0, scope.lastIndexOf('/')))).replace(/\/$/, '');
  if (!KNOWN_AUDIENCES.includes(audience)) {
    throw new LoginRefusal(400, 'invalid_resource', 500011, `The resource principal named ${audience} was not found.`);
  }
  return audience;
}

function redeem(token: string, context: SandboxContext): { mfa: boolean; refreshToken: string } {
  const stored = context.store.refreshTokens.get(token) ?? agreedToken(token);
  if (!stored) throw new LoginRefusal(400, 'invalid_grant', 9002313, 'The refresh token is malformed or not valid.');
  if (stored.revoked) throw new LoginRefusal(400, 'invalid_grant', 50173, 'The grant was revoked; consent again.');
  if (stored.used && !context.settings.refreshTokenReuse) {
    throw new LoginRefusal(400, 'invalid_grant', 70000, 'The refresh token was already redeemed.');
  }
  if (!stored.used) context.store.refreshTokens.put(token, { ...stored, used: true });
  return { mfa: stored.mfa, refreshToken: newRefreshToken(stored.mfa, context) };
}

function agreedToken(token: string): { mfa: boolean; used: boolean; revoked: boolean } | undefined {
  if (token === PARTNER.refreshToken) return { mfa: true, used: false, revoked: false };
  if (token === PARTNER.refreshTokenWithoutMfa) return { mfa: false, used: false, revoked: false };
  if (token === PARTNER.revokedRefreshToken) return { mfa: true, used: false, revoked: true };
  return undefined;
}

/** Consent is given by a person in a browser; the sandbox accepts one agreed code instead. */
function redeemCode(code: string, context: SandboxContext): { mfa: boolean; refreshToken: string } {
  if (code !== PARTNER.authorizationCode) {
    throw new LoginRefusal(400, 'invalid_grant', 70008, 'The authorization code has expired.');
  }
  return { mfa: true, refreshToken: newRefreshToken(true, context) };
}

function newRefreshToken(mfa: boolean, context: SandboxContext): string {
  const token = `sandbox-rt.${crypto.randomUUID()}`;
  context.store.refreshTokens.put(token, { mfa, used: false, revoked: false });
  return token;
}
