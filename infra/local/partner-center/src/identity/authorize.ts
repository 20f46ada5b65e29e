import type { Caller } from '#http/call';
import { refusal } from '#http/refusal';
import type { Route } from '#http/route';
import { audiences } from '#seed/partner';
import type { World } from '#world';

/**
 * Who calls, proven by the bearer token. Throws the API's refusal: no or bad token 401, retired audience 401/900420
 * (page "deprecate-azure-active-directory-graph-token"), user without MFA 401 (page "partner-center-authentication",
 * enforced since April 2026), app-only token where a user is needed 403/900329.
 */
export function authorize(authorization: string | undefined, access: Route['access'], world: World): Caller {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined) throw refusal('noToken');
  const claims = world.tokens.read(token);
  if (!claims || world.tokens.expired(claims, world.clock.now() / 1000)) throw refusal('accessDenied');
  const audience = claims.aud.replace(/\/$/, '');
  if (audience === audiences.retired) throw refusal('retiredAudience');
  if (audience !== audiences[world.settings.cloud]) throw refusal('accessDenied', 'The token is for another audience.');
  if (claims.idtyp === 'user' && !claims.amr?.includes('mfa')) throw refusal('accessDenied', 'MFA is required.');
  if (claims.idtyp === 'app' && access === 'user-token') throw refusal('appOnlyToken');
  return { kind: claims.idtyp, id: claims.oid, applicationId: claims.appid };
}

/** What the caller's token says about MFA, for the `ValidateMfa` header (page "partner-security-requirements-mandating-mfa"). */
export const isMfaCompliant = (authorization: string, world: World): boolean =>
  world.tokens.read(authorization.replace(/^Bearer /i, ''))?.amr?.includes('mfa') ?? false;
