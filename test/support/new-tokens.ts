import { RestError } from '@azure/core-rest-pipeline';
import { createTokens } from '#shared/partner-center/auth/tokens';
import { createTransport } from '#shared/partner-center/http/create-transport';
import type { TestSandbox } from './sandbox';

/** The sandbox with a client that has no token yet, and a vault that is away for so many seconds of the sandbox's time. */
export function withNewTokens(sandbox: TestSandbox, vaultAwaySeconds = 0): TestSandbox {
  const now = () => sandbox.now().getTime();
  const until = now() + vaultAwaySeconds * 1000;
  const tokens = createTokens({
    authorityHost: 'https://login.partner-center.test',
    authorityRoute: sandbox.url,
    tenantId: '11111111-1111-4111-8111-111111111111',
    audience: 'https://api.partnercenter.microsoft.com',
    clientId: '22222222-2222-4222-8222-222222222222',
    clientSecretName: 'secret',
    refreshTokenName: 'refresh',
    now,
    secrets: {
      get: async () => {
        if (now() < until) throw new RestError('The vault is away.', { code: 'REQUEST_SEND_ERROR' });
        return 'sandbox-client-secret';
      },
      set: async () => undefined,
    },
  });
  const partnerCenter = createTransport({
    apiRoot: sandbox.url,
    tokens,
    applicationName: 'Cartage tests',
    limits: { partnerPerMinute: 1_000_000, customerPerMinute: 1_000_000 },
    repeatPauses: [1],
    now,
  });
  return { ...sandbox, partnerCenter };
}
