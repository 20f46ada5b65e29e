import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCart } from '#shared/partner-center/resources/carts';
import { aCall, clientOf, CONTOSO } from './client-of-sandbox';
import { type Sandbox, startSandbox } from './sandbox-process';

const run = promisify(execFile);

let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cartage-tls-'));
  sandbox = await startSandbox('--https-port', '0');
  const root = await fetch(`${sandbox.origin}/sandbox/certificates/root.pem`);
  await writeFile(join(folder, 'root.pem'), await root.text());
});
afterAll(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true });
});

async function readOverTls(trust: Record<string, string>): Promise<unknown> {
  const script = join(process.cwd(), 'dist/test/contract/read-over-tls.js');
  const { stdout } = await run(process.execPath, [script, sandbox.secureOrigin], { env: { ...process.env, ...trust } });
  return JSON.parse(stdout);
}

test('with https all the way both kinds of token work', async () => {
  const answer = await readOverTls({ NODE_EXTRA_CA_CERTS: join(folder, 'root.pem') });
  expect(answer).toEqual({ country: 'DE', id: 'G000024135' });
});

test('a sign-in whose certificate is not trusted gets no secret and a clear error', async () => {
  expect(await readOverTls({})).toMatchObject({ operation: 'sign in (app)', remedy: 'repeat', outcomeKnown: true });
});

test('an API whose certificate is not trusted gets no token, which is known even for a write', async () => {
  const { pc } = clientOf(sandbox.origin, { apiRoot: sandbox.secureOrigin });
  await expect(createCart(pc, CONTOSO, { lineItems: [] }, aCall())).rejects.toMatchObject({
    code: expect.stringMatching(/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/),
    remedy: 'hold',
    outcomeKnown: true,
  });
  expect(await sandbox.calls()).not.toContain('POST /v1/customers/{customerId}/carts');
});
