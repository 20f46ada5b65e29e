import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCart } from '#shared/partner-center/resources/carts';
import { getCustomer } from '#shared/partner-center/resources/customers';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';
import { aCall, clientOf, CONTOSO } from './client-of-sandbox';

const run = promisify(execFile);

let sandbox: TestSandbox;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cartage-tls-'));
  sandbox = await startTestSandbox(['--https-port', '0']);
  const root = await fetch(`${sandbox.url}/sandbox/certificates/root.pem`);
  await writeFile(join(folder, 'root.pem'), await root.text());
});
afterAll(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true });
});

test('with https all the way both kinds of token work', async () => {
  const script = join(process.cwd(), 'dist/test/contract/read-over-tls.js');
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'root.pem') };
  const { stdout } = await run(process.execPath, [script, sandbox.secureUrl], { env });
  expect(JSON.parse(stdout)).toEqual({ country: 'DE', id: 'G000024135' });
});

test('a sign-in whose certificate is not trusted gets no secret and a clear error', async () => {
  const { pc } = clientOf(sandbox.secureUrl, { authorityHost: sandbox.secureUrl });
  await expect(getCustomer(pc, CONTOSO, aCall())).rejects.toMatchObject({
    operation: 'sign in (app)',
    remedy: 'repeat',
    outcomeKnown: true,
  });
});

test('an API whose certificate is not trusted gets no token, which is known even for a write', async () => {
  const { pc } = clientOf(sandbox.url, { apiRoot: sandbox.secureUrl });
  await expect(createCart(pc, CONTOSO, { lineItems: [] }, aCall())).rejects.toMatchObject({
    code: expect.stringMatching(/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/),
    remedy: 'hold',
    outcomeKnown: true,
  });
  expect(await sandbox.calls()).not.toHaveProperty(['POST /v1/customers/{customerId}/carts']);
});
