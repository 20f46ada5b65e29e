import { ConfidentialClientApplication, type INetworkModule, type NetworkResponse } from '@azure/msal-node';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { TestSandbox } from './support/sandbox';

const TENANT = '11111111-1111-4111-8111-111111111111';
const APPLICATION = { client_id: '22222222-2222-4222-8222-222222222222', client_secret: 'sandbox-client-secret' };
const AUDIENCE = 'https://api.partnercenter.microsoft.com';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await TestSandbox.start();
});
afterAll(() => sandbox.stop());

const tokenSchema = z.looseObject({
  access_token: z.string(),
  refresh_token: z.string().optional(),
  expires_in: z.union([z.string(), z.number()]),
});

async function ask(path: string, form: Record<string, string>): Promise<{ status: number; body: unknown }> {
  const body = new URLSearchParams({ ...APPLICATION, ...form });
  const response = await fetch(`${sandbox.base}/${path}`, { method: 'POST', body });
  return { status: response.status, body: await response.json() };
}

const refresh = (
  refresh_token: string,
  more: Record<string, string> = {},
): Promise<{ status: number; body: unknown }> =>
  ask(`${TENANT}/oauth2/token`, { grant_type: 'refresh_token', resource: AUDIENCE, refresh_token, ...more });

async function statusWith(
  token: string,
  path = '/v1/customers',
): Promise<{ status: number; code: number | undefined }> {
  const response = await fetch(sandbox.base + path, { headers: { Authorization: `Bearer ${token}` } });
  const { code } = z.looseObject({ code: z.number().optional() }).parse(await response.json());
  return { status: response.status, code };
}

test('version 1 answers numbers as strings, version 2 as numbers', async () => {
  const v1 = await ask(`${TENANT}/oauth2/token`, { grant_type: 'client_credentials', resource: AUDIENCE });
  const v2 = await ask(`${TENANT}/oauth2/v2.0/token`, {
    grant_type: 'client_credentials',
    scope: `${AUDIENCE}/.default`,
  });
  expect(v1.body).toMatchObject({ token_type: 'Bearer', expires_in: '3600', resource: AUDIENCE });
  expect(v2.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
  expect(tokenSchema.parse(v2.body).refresh_token).toBeUndefined();
});

test('a refresh token is replaced by a new one, which works in its place', async () => {
  const first = tokenSchema.parse((await refresh('sandbox-refresh-token')).body);
  expect(first.refresh_token).not.toBe('sandbox-refresh-token');
  const second = tokenSchema.parse((await refresh(first.refresh_token ?? '')).body);
  expect(second.refresh_token).not.toBe(first.refresh_token);
  expect((await statusWith(second.access_token, '/v1/invoices/G000024135')).status).toBe(200);
});

test('with refreshTokenReuse off, a replaced refresh token is refused', async () => {
  await sandbox.shopper().control('POST', '/reset');
  await sandbox.shopper().control('POST', '/settings', { refreshTokenReuse: false });
  const { refresh_token = '' } = tokenSchema.parse((await refresh('sandbox-refresh-token')).body);
  expect((await refresh(refresh_token)).status).toBe(200);
  expect((await refresh(refresh_token)).body).toMatchObject({ error: 'invalid_grant' });
  await sandbox.shopper().control('POST', '/reset');
});

test.each([
  ['an unknown tenant', 'elsewhere/oauth2/token', {}, 400, 'invalid_request'],
  ['a wrong secret', `${TENANT}/oauth2/token`, { client_secret: 'no' }, 401, 'invalid_client'],
  ['an unknown application', `${TENANT}/oauth2/token`, { client_id: 'no' }, 400, 'unauthorized_client'],
  ['an unknown resource', `${TENANT}/oauth2/token`, { resource: 'https://example.com' }, 400, 'invalid_resource'],
  [
    'a grant named after an object’s own',
    `${TENANT}/oauth2/token`,
    { grant_type: 'constructor' },
    400,
    'unsupported_grant_type',
  ],
  ['a password', `${TENANT}/oauth2/token`, { grant_type: 'password' }, 400, 'unsupported_grant_type'],
  [
    'a revoked consent',
    `${TENANT}/oauth2/token`,
    { refresh_token: 'sandbox-refresh-token-revoked' },
    400,
    'invalid_grant',
  ],
  ['an invented refresh token', `${TENANT}/oauth2/token`, { refresh_token: 'no' }, 400, 'invalid_grant'],
])('%s is refused the way the login authority does', async (_, path, form, status, error) => {
  const usual = { grant_type: 'refresh_token', refresh_token: 'sandbox-refresh-token', resource: AUDIENCE };
  const answer = await ask(path, { ...usual, ...form });
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({ error, error_description: expect.stringMatching(/^AADSTS\d+: /) });
});

test('the retired audience gets a token, but the API refuses it with 401/900420', async () => {
  const answer = await ask(`${TENANT}/oauth2/token`, {
    grant_type: 'client_credentials',
    resource: 'https://graph.windows.net',
  });
  const { access_token } = tokenSchema.parse(answer.body);
  expect(await statusWith(access_token)).toEqual({ status: 401, code: 900420 });
});

test('the China cloud takes its own audience, the global cloud does not', async () => {
  const china = 'https://partner.partnercenterapi.microsoftonline.cn';
  const answer = await ask(`${TENANT}/oauth2/token`, { grant_type: 'client_credentials', resource: china });
  const { access_token } = tokenSchema.parse(answer.body);
  expect((await statusWith(access_token)).status).toBe(401);
  await sandbox.shopper().control('POST', '/settings', { cloud: 'china' });
  expect((await statusWith(access_token)).status).toBe(200);
  await sandbox.shopper().control('POST', '/settings', { cloud: 'global' });
});

test('a user who signed in without MFA is refused', async () => {
  const { access_token } = tokenSchema.parse((await refresh('sandbox-refresh-token-no-mfa')).body);
  expect((await statusWith(access_token)).status).toBe(401);
});

test('a token expires by the clock of the sandbox', async () => {
  const { access_token } = tokenSchema.parse((await refresh('sandbox-refresh-token')).body);
  await sandbox.shopper().advance(3599);
  expect((await statusWith(access_token)).status).toBe(200);
  await sandbox.shopper().advance(2);
  expect(await statusWith(access_token)).toEqual({ status: 401, code: 400 });
  await sandbox.shopper().control('POST', '/reset');
});

test('no token, or an invented one, is 401 with the realm', async () => {
  const none = await fetch(`${sandbox.base}/v1/customers`);
  expect(none.status).toBe(401);
  expect(none.headers.get('www-authenticate')).toContain('urn:cpsvc:cpid');
  expect(await none.json()).toMatchObject({ code: 800001 });
  expect(await statusWith('e30.e30.e30')).toEqual({ status: 401, code: 400 });
});

/** Sends MSAL's requests to the sandbox, whatever their host: the authority keeps its https name. */
const overLoopback = (requests: string[]): INetworkModule => ({
  sendGetRequestAsync: (url) => send(url, 'GET', undefined, requests),
  sendPostRequestAsync: (url, options) => send(url, 'POST', options?.body, requests),
});

async function send<T>(
  url: string,
  method: string,
  body: string | undefined,
  requests: string[],
): Promise<NetworkResponse<T>> {
  const { pathname, search } = new URL(url);
  requests.push(`${method} ${pathname}`);
  const response = await fetch(sandbox.base + pathname + search, {
    method,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    ...(body === undefined ? {} : { body }),
  });
  const parsed: T = JSON.parse(await response.text());
  return { headers: Object.fromEntries(response.headers), body: parsed, status: response.status };
}

test('MSAL gets both kinds of token, and the rotated refresh token, by its own discovery', async () => {
  const requests: string[] = [];
  const msal = new ConfidentialClientApplication({
    auth: {
      clientId: APPLICATION.client_id,
      clientSecret: APPLICATION.client_secret,
      authority: `https://${new URL(sandbox.base).host}/${TENANT}`,
      knownAuthorities: [new URL(sandbox.base).host],
    },
    system: { networkClient: overLoopback(requests) },
  });
  const app = await msal.acquireTokenByClientCredential({ scopes: [`${AUDIENCE}/.default`] });
  const user = await msal.acquireTokenByRefreshToken({
    refreshToken: 'sandbox-refresh-token',
    scopes: [`${AUDIENCE}/user_impersonation`],
    // Without this MSAL does not cache an unknown account, and the rotated token would be lost.
    forceCache: true,
  });
  expect(requests[0]).toBe(`GET /${TENANT}/v2.0/.well-known/openid-configuration`);
  expect((await statusWith(app?.accessToken ?? '')).status).toBe(200);
  expect((await statusWith(user?.accessToken ?? '', '/v1/invoices/G000024135')).status).toBe(200);
  expect(user?.account?.username).toBe('admin.agent@partner.example.com');
  expect(msal.getTokenCache().serialize()).toContain('sandbox-rt.');
});
