import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { PARTNER } from '#seed/partner';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { grant, type Grant, LoginRefusal } from './token-request';

/** The login authority: both versions of the token endpoint, and the documents that MSAL reads first. */
export const loginRoutes: readonly Route[] = [
  { name: 'tokenV1', method: 'POST', path: '/{tenant}/oauth2/token', access: 'login', answer: answerV1 },
  { name: 'tokenV2', method: 'POST', path: '/{tenant}/oauth2/v2.0/token', access: 'login', answer: answerV2 },
  {
    name: 'discovery',
    method: 'GET',
    path: '/{tenant}/v2.0/.well-known/openid-configuration',
    access: 'login',
    answer: discovery,
  },
  { name: 'instance', method: 'GET', path: '/{tenant}/discovery/instance', access: 'login', answer: instance },
  {
    name: 'keys',
    method: 'GET',
    path: '/{tenant}/discovery/v2.0/keys',
    access: 'login',
    answer: () => json({ keys: [] }),
  },
];

/** Version 1: numbers come as strings (page "partner-center-authentication"). */
function answerV1(call: Call, context: SandboxContext): Answer {
  return granted(call, context, (given, issuedAt, life) => ({
    token_type: 'Bearer',
    scope: given.kind === 'user' ? 'user_impersonation' : undefined,
    expires_in: `${life}`,
    ext_expires_in: `${life}`,
    expires_on: `${issuedAt + life}`,
    not_before: `${issuedAt}`,
    resource: given.audience,
    access_token: accessToken(given, issuedAt, life, context),
    ...userParts(given, issuedAt, life, context),
  }));
}

/** Version 2, which MSAL uses: numbers are numbers. */
function answerV2(call: Call, context: SandboxContext): Answer {
  return granted(call, context, (given, issuedAt, life) => ({
    token_type: 'Bearer',
    scope: given.kind === 'user' ? `${given.audience}/user_impersonation openid profile offline_access` : undefined,
    expires_in: life,
    ext_expires_in: life,
    access_token: accessToken(given, issuedAt, life, context),
    ...userParts(given, issuedAt, life, context),
  }));
}

function granted(
  call: Call,
  context: SandboxContext,
  body: (given: Grant, issuedAt: number, life: number) => object,
): Answer {
  try {
    const given = grant(call, context);
    const answer = json(body(given, Math.floor(context.clock.now() / 1000), context.settings.tokenLifeSeconds));
    return { ...answer, headers: { ...answer.headers, 'Cache-Control': 'no-store' } };
  } catch (error) {
    if (error instanceof LoginRefusal) return json(refusalBody(error, call, context), error.status);
    throw error;
  }
}

const refusalBody = (refused: LoginRefusal, call: Call, context: SandboxContext): object => ({
  error: refused.error,
  error_description: refused.message,
  error_codes: [refused.code],
  timestamp: new Date(context.clock.now()).toISOString(),
  trace_id: crypto.randomUUID(),
  correlation_id: call.correlationId,
});

const ISSUER = `https://sts.windows.net/${PARTNER.tenantId}/`;

function accessToken(given: Grant, issuedAt: number, life: number, context: SandboxContext): string {
  return context.tokens.issue({
    aud: given.audience,
    iss: ISSUER,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + life,
    tid: PARTNER.tenantId,
    appid: PARTNER.clientId,
    idtyp: given.kind,
    oid: given.kind === 'user' ? PARTNER.userId : PARTNER.clientId,
    ...(given.kind === 'user' ? { scp: 'user_impersonation', amr: given.mfa ? ['pwd', 'mfa'] : ['pwd'] } : {}),
  });
}

function userParts(given: Grant, issuedAt: number, life: number, context: SandboxContext): object {
  if (given.kind === 'app') return {};
  const person = {
    aud: PARTNER.clientId,
    iss: ISSUER,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + life,
    tid: PARTNER.tenantId,
    oid: PARTNER.userId,
    sub: PARTNER.userId,
    preferred_username: PARTNER.userPrincipalName,
    ver: '2.0',
  };
  const account = { uid: PARTNER.userId, utid: PARTNER.tenantId };
  return {
    refresh_token: given.refreshToken,
    id_token: context.tokens.issue(person),
    client_info: Buffer.from(JSON.stringify(account)).toString('base64url'),
  };
}

/** The authority uses the host name of the request for itself, always with https, as the real one does. */
function discovery(call: Call): Answer {
  const authority = `https://${call.header('host') ?? '127.0.0.1'}/${call.param('tenant')}`;
  return json({
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
    response_types_supported: ['code', 'id_token', 'code id_token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['HS256'],
  });
}

function instance(call: Call): Answer {
  const host = call.header('host') ?? '127.0.0.1';
  return json({
    tenant_discovery_endpoint: `https://${host}/${call.param('tenant')}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  });
}
