import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { AUDIENCES } from '#seed/partner';
import type { Caller } from '#wire/call';
import { refusal } from '#wire/refusal';

/**
 * Who calls, proven by the bearer token. Throws the API's refusals: 401 without a valid token, 401/900420 for the retired
 * audience (page "deprecate-azure-active-directory-graph-token"), 401 for a user without MFA (page
 * "partner-center-authentication", enforced since April 2026), 403/900329 for an app-only token where a user is needed.
 */
export function authorize(authorization: string | undefined, access: Route['access'], context: SandboxContext): Caller {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) throw refusal('noToken');
  const claims = context.tokens.read(token);
  if (!claims || context.tokens.isExpired(claims, context.clock.now() / 1000)) throw refusal('accessDenied');
  const audience = claims.aud.replace(/\/$/, '');
  if (audience === AUDIENCES.retired) throw refusal('retiredAudience');
  if (audience !== AUDIENCES[context.settings.cloud])
    throw refusal('accessDenied', 'The token is for another audience.');
  if (claims.idtyp === 'user' && !claims.amr?.includes('mfa')) throw refusal('accessDenied', 'MFA is required.');
  if (claims.idtyp === 'app' && access === 'user-token') throw refusal('appOnlyToken');
  return { kind: claims.idtyp, id: claims.oid, applicationId: claims.appid };
}

/** Does the caller's token say that the user signed in with MFA? (page "partner-security-requirements-mandating-mfa"). */
export const isMfaCompliant = (authorization: string, context: SandboxContext): boolean =>
  context.tokens.read(authorization.replace(/^Bearer /i, ''))?.amr?.includes('mfa') ?? false;
