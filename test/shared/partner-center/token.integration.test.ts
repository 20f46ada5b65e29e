import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLocalSecrets } from '#shared/partner-center/auth/local-secrets';
import type { SecretStore } from '#shared/partner-center/auth/secret-store';
import { createTokens, type Tokens } from '#shared/partner-center/auth/tokens';
import { aCall, tokenAnswer } from './client-under-test';
import { inTurn, respond, startScriptedServer, type Answer, type ScriptedServer } from './scripted-server';

const HOUR = 3_600_000;

let server: ScriptedServer;
let folder: string;
let now: number;
beforeEach(async () => {
  server = await startScriptedServer(respond(200, tokenAnswer()));
  folder = await mkdtemp(join(tmpdir(), 'cartage-tokens-'));
  now = Date.now();
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

function localSecrets(refreshToken = 'first-refresh'): SecretStore {
  const given = { 'client-secret': 'a-secret', 'refresh-token': refreshToken };
  return createLocalSecrets({ given, file: join(folder, 'secrets.json') });
}

function tokensWith(secrets: SecretStore, authorityHost = 'https://login.microsoftonline.com'): Tokens {
  return createTokens({
    authorityHost,
    authorityRoute: server.origin,
    tenantId: '11111111-1111-4111-8111-111111111111',
    audience: 'https://api.partnercenter.microsoft.com',
    clientId: '22222222-2222-4222-8222-222222222222',
    clientSecretName: 'client-secret',
    refreshTokenName: 'refresh-token',
    secrets,
    now: () => now,
  });
}

function form(turn = 0) {
  return Object.fromEntries(new URLSearchParams(server.seen[turn]?.body));
}

/** A new token each time: t1, t2, ... */
function numbered(changes: Record<string, unknown> = {}): Answer {
  let turn = 0;
  return (seen, response) => {
    turn += 1;
    respond(200, tokenAnswer({ access_token: `t${turn}`, ...changes }))(seen, response);
  };
}

test('an app token is asked for with client credentials and the audience of the API', async () => {
  const token = await tokensWith(localSecrets()).get('app', aCall());
  expect(token).toBe(tokenAnswer().access_token);
  expect(server.seen[0]?.path).toBe('/11111111-1111-4111-8111-111111111111/oauth2/v2.0/token');
  expect(form()).toMatchObject({
    grant_type: 'client_credentials',
    client_id: '22222222-2222-4222-8222-222222222222',
    client_secret: 'a-secret',
    scope: expect.stringContaining('https://api.partnercenter.microsoft.com/.default'),
  });
});

test('a user token is asked for with the refresh token', async () => {
  await tokensWith(localSecrets()).get('user', aCall());
  expect(form()).toMatchObject({
    grant_type: 'refresh_token',
    refresh_token: 'first-refresh',
    scope: expect.stringContaining('https://api.partnercenter.microsoft.com/user_impersonation'),
  });
});

test("a national cloud's authority is used by its own name", async () => {
  const authority = 'https://login.partner.microsoftonline.cn';
  const tenant = `${authority}/11111111-1111-4111-8111-111111111111`;
  const discovery = {
    issuer: `${tenant}/v2.0`,
    authorization_endpoint: `${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${tenant}/oauth2/v2.0/token`,
    jwks_uri: `${tenant}/discovery/v2.0/keys`,
  };
  server.answer((seen, response) =>
    respond(200, seen.path.includes('openid-configuration') ? discovery : tokenAnswer())(seen, response),
  );
  await expect(tokensWith(localSecrets(), authority).get('app', aCall())).resolves.toBe(tokenAnswer().access_token);
});

test('sign-in never follows a discovery document to another host', async () => {
  const elsewhere = 'https://login.example.com/t';
  server.answer(
    respond(200, {
      issuer: `${elsewhere}/v2.0`,
      authorization_endpoint: `${elsewhere}/authorize`,
      token_endpoint: `${elsewhere}/token`,
      jwks_uri: `${elsewhere}/keys`,
    }),
  );
  const tokens = tokensWith(localSecrets(), 'https://login.cloud.example');
  await expect(tokens.get('app', aCall())).rejects.toMatchObject({ name: 'PartnerCenterError' });
  expect(server.seen.every(({ method }) => method === 'GET')).toBe(true);
});

test('callers that come at once share one sign-in, and later ones its token', async () => {
  const tokens = tokensWith(localSecrets());
  await Promise.all(Array.from({ length: 20 }, () => tokens.get('app', aCall())));
  await tokens.get('app', aCall());
  expect(server.seen).toHaveLength(1);
});

test('the two kinds of token are kept apart', async () => {
  server.answer(numbered());
  const tokens = tokensWith(localSecrets());
  expect(await tokens.get('app', aCall())).toBe('t1');
  expect(await tokens.get('user', aCall())).toBe('t2');
  expect(await tokens.get('app', aCall())).toBe('t1');
});

test('a token is renewed minutes before it ends', async () => {
  server.answer(numbered());
  const tokens = tokensWith(localSecrets());
  await tokens.get('app', aCall());
  now += HOUR - 310_000;
  expect(await tokens.get('app', aCall())).toBe('t1');
  now += 20_000;
  expect(await tokens.get('app', aCall())).toBe('t2');
});

test('a token that lives for a minute is renewed after half its life', async () => {
  server.answer(numbered({ expires_in: 60 }));
  const tokens = tokensWith(localSecrets());
  await tokens.get('app', aCall());
  now += 29_000;
  expect(await tokens.get('app', aCall())).toBe('t1');
  now += 2000;
  expect(await tokens.get('app', aCall())).toBe('t2');
});

test('while Entra ID cannot be reached the old token serves to its end, then the calls fail with remedy repeat', async () => {
  const tokens = tokensWith(localSecrets());
  await tokens.get('app', aCall());
  server.answer((_seen, response) => response.destroy());
  now += HOUR - 60_000;
  expect(await tokens.get('app', aCall())).toBe(tokenAnswer().access_token);
  expect(tokens.health().app.state).toBe('expiring');
  now += 120_000;
  await expect(tokens.get('app', aCall())).rejects.toMatchObject({ remedy: 'repeat', outcomeKnown: true });
  expect(tokens.health().app.state).toBe('failed');
});

test('a rejected token is not handed out again', async () => {
  server.answer(numbered());
  const tokens = tokensWith(localSecrets());
  tokens.reject('app', await tokens.get('app', aCall()));
  expect(await tokens.get('app', aCall())).toBe('t2');
});

test('a late rejection of an old token leaves the new one alone', async () => {
  server.answer(numbered());
  const tokens = tokensWith(localSecrets());
  tokens.reject('app', await tokens.get('app', aCall()));
  await tokens.get('app', aCall());
  tokens.reject('app', 't1');
  expect(await tokens.get('app', aCall())).toBe('t2');
});

test('a rotated refresh token is stored and survives a restart', async () => {
  server.answer(respond(200, tokenAnswer({ refresh_token: 'second-refresh' })));
  await tokensWith(localSecrets()).get('user', aCall());
  await tokensWith(localSecrets()).get('user', aCall());
  expect(form(1)['refresh_token']).toBe('second-refresh');
  expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600);
});

test('a newly given refresh token beats the stored one, which grew from an old consent', async () => {
  server.answer(respond(200, tokenAnswer({ refresh_token: 'second-refresh' })));
  await tokensWith(localSecrets()).get('user', aCall());
  await tokensWith(localSecrets('new-consent')).get('user', aCall());
  expect(form(1)['refresh_token']).toBe('new-consent');
});

test('when the rotated refresh token cannot be stored it is kept, reported, and stored with the next renewal', async () => {
  const store = localSecrets();
  let broken = true;
  const secrets: SecretStore = {
    get: (name) => store.get(name),
    set: async (name, value) => {
      if (broken) throw new Error('the vault is away');
      await store.set(name, value);
    },
  };
  server.answer(inTurn(respond(200, tokenAnswer({ refresh_token: 'second-refresh' })), respond(200, tokenAnswer())));
  const tokens = tokensWith(secrets);
  await tokens.get('user', aCall());
  expect(tokens.health().user).toMatchObject({ state: 'valid', lastFailure: { code: 'secret-not-stored' } });
  broken = false;
  now += HOUR;
  await tokens.get('user', aCall());
  expect(form(1)['refresh_token']).toBe('second-refresh');
  expect(await readFile(join(folder, 'secrets.json'), 'utf8')).toContain('second-refresh');
});

test.each([
  [
    'an expired secret',
    'invalid_client',
    'AADSTS7000222: The provided client secret keys are expired.',
    'AADSTS7000222',
  ],
  ['a wrong secret', 'invalid_client', 'AADSTS7000215: Invalid client secret provided.', 'AADSTS7000215'],
  [
    'a revoked consent',
    'invalid_grant',
    'AADSTS50173: The provided grant has expired due to it being revoked.',
    'AADSTS50173',
  ],
  [
    'a missing MFA claim',
    'interaction_required',
    'AADSTS50076: you must use multi-factor authentication.',
    'AADSTS50076',
  ],
  ['an unknown error', 'unauthorized_client', 'no words', 'unauthorized_client'],
])('%s needs an operator, and the error says what to do', async (_what, error, description, code) => {
  server.answer(respond(400, { error, error_description: description }));
  const tokens = tokensWith(localSecrets());
  await expect(tokens.get('user', aCall())).rejects.toMatchObject({ remedy: 'hold', code, outcomeKnown: true });
  expect(tokens.health().user).toMatchObject({ state: 'failed', lastFailure: { code } });
});

test.each<[what: string, answer: Answer]>([
  ['a 503', respond(503, '<html>away</html>')],
  [
    'a server error of its own words',
    respond(503, { error: 'temporarily_unavailable', error_description: 'AADSTS90033: A transient error' }),
  ],
  ['a reset connection', (_seen, response) => response.destroy()],
  [
    'a throttled sign-in',
    respond(429, { error: 'invalid_request', error_description: 'AADSTS90055: Too many requests.' }),
  ],
  ['a 500 with a word for another error', respond(500, { error: 'invalid_request', error_description: 'sorry' })],
  [
    'a passing error in the words of a final one',
    respond(400, { error: 'invalid_grant', error_description: 'AADSTS90033: A transient error' }),
  ],
])('%s from Entra ID may pass', async (_what, answer) => {
  server.answer(answer);
  await expect(tokensWith(localSecrets()).get('app', aCall())).rejects.toMatchObject({ remedy: 'repeat' });
});

test('a missing secret is named, without a value', async () => {
  const secrets = createLocalSecrets({ given: {}, file: join(folder, 'secrets.json') });
  const failure = tokensWith(secrets).get('app', aCall());
  await expect(failure).rejects.toMatchObject({ remedy: 'hold', code: 'secret-store' });
  await expect(failure).rejects.toHaveProperty('cause.cause.message', 'there is no secret client-secret');
});

test.each([
  ['away', { statusCode: 503 }, 'repeat'],
  ['busy', { statusCode: 429 }, 'repeat'],
  ['not reachable', { code: 'ENOTFOUND' }, 'repeat'],
  ['closed to us', { statusCode: 403, code: 'Forbidden' }, 'hold'],
  ['too slow', { statusCode: 408 }, 'repeat'],
  ['silent', { name: 'RestError' }, 'repeat'],
  ['behind an identity that is away', { name: 'CredentialUnavailableError' }, 'repeat'],
  ['behind an identity that gets no token anywhere', { name: 'AggregateAuthenticationError', errors: [] }, 'repeat'],
  ['behind an identity that nobody knows', { name: 'AuthenticationError', statusCode: 400 }, 'hold'],
  ['a file on a disk that fails', { code: 'EIO' }, 'repeat'],
  ['a file that is not ours to read', { code: 'EACCES' }, 'hold'],
  ['without the secret', { statusCode: 404, code: 'SecretNotFound' }, 'hold'],
])('a secret store that is %s is understood', async (_what, facts, remedy) => {
  const failing = () => Promise.reject(Object.assign(new Error('no secret today'), facts));
  await expect(tokensWith({ get: failing, set: failing }).get('app', aCall())).rejects.toMatchObject({
    remedy,
    code: 'secret-store',
  });
});
