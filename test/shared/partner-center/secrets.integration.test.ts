import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createKeyVaultSecrets } from '#shared/partner-center/auth/key-vault-secrets';
import { createLocalSecrets } from '#shared/partner-center/auth/local-secrets';
import { respond, startScriptedServer, type Answer, type ScriptedServer } from './scripted-server';

describe('local secrets', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cartage-secrets-'));
    file = join(folder, 'secrets.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('are the given ones until one is set', async () => {
    const secrets = createLocalSecrets({ given: { a: 'given a', b: 'given b' }, file });
    expect(await secrets.get('a')).toBe('given a');
    await secrets.set('a', 'new a');
    expect([await secrets.get('a'), await secrets.get('b')]).toEqual(['new a', 'given b']);
  });

  test('that are set at the same time are all kept', async () => {
    const secrets = createLocalSecrets({ given: {}, file });
    const names = Array.from({ length: 20 }, (_, index) => `s${index}`);
    await Promise.all(names.map((name) => secrets.set(name, `value of ${name}`)));
    const again = createLocalSecrets({ given: {}, file });
    expect(await Promise.all(names.map((name) => again.get(name)))).toEqual(names.map((name) => `value of ${name}`));
  });

  test('a file that is no file of secrets is an error that does not quote it', async () => {
    await writeFile(file, '{"refresh":"a value that must stay secret"}');
    const failure = createLocalSecrets({ given: { a: 'x' }, file }).get('a');
    await expect(failure).rejects.toThrow(`the secrets file ${file} is not in its format`);
    await expect(failure).rejects.not.toThrow('must stay secret');
  });

  test('one that cannot be written is an error, and the next one is written', async () => {
    const nowhere = createLocalSecrets({ given: {}, file: join(folder, 'not-there', 'secrets.json') });
    await expect(nowhere.set('a', 'x')).rejects.toThrow();
    const secrets = createLocalSecrets({ given: {}, file });
    await secrets.set('a', 'x');
    expect(await secrets.get('a')).toBe('x');
  });
});

describe('Key Vault secrets', () => {
  let server: ScriptedServer;
  const values = new Map<string, string>();
  beforeEach(async () => {
    values.clear();
    server = await startScriptedServer(vault);
  });
  afterEach(() => server.close());

  /** The REST face of a vault: a challenge first, then the newest version of a secret. */
  const vault: Answer = (seen, response) => {
    const name = seen.path.split('/')[2] ?? '';
    const challenge = 'Bearer authorization="https://login.example/t", resource="https://vault.azure.net"';
    if (seen.headers.authorization !== 'Bearer vault-token') {
      return respond(401, {}, { 'WWW-Authenticate': challenge })(seen, response);
    }
    if (seen.method === 'PUT') values.set(name, JSON.parse(seen.body).value);
    const value = values.get(name);
    return value === undefined
      ? respond(404, { error: { code: 'SecretNotFound', message: 'not found' } })(seen, response)
      : respond(200, { value, id: `${server.origin}/secrets/${name}/v1`, attributes: {} })(seen, response);
  };

  function secrets() {
    const credential = {
      getToken: () => Promise.resolve({ token: 'vault-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
    };
    const options = { allowInsecureConnection: true, disableChallengeResourceVerification: true };
    return createKeyVaultSecrets(server.origin, credential, options);
  }

  test('are written and read with the given credential', async () => {
    await secrets().set('refresh-token', 'rotated');
    expect(await secrets().get('refresh-token')).toBe('rotated');
  });

  test('one that is not there is an error', async () => {
    await expect(secrets().get('nothing')).rejects.toMatchObject({ statusCode: 404 });
  });

  test.each([
    ['reading', () => secrets().get('refresh-token')],
    ['writing', () => secrets().set('refresh-token', 'rotated')],
  ])('%s does not wait forever for a vault that never answers', async (_what, ask) => {
    // The clock of the time limit alone is moved; the sockets live on in real time.
    jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'setImmediate'] });
    server.answer(() => undefined);
    const failure = expect(ask()).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    while (server.seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    jest.advanceTimersByTime(30_000);
    await failure;
    jest.useRealTimers();
  });
});
