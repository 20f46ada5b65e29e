import { createTokens } from '#shared/partner-center/auth/tokens';
import { createTransport } from '#shared/partner-center/http/create-transport';
import { getCustomer } from '#shared/partner-center/resources/customers';
import { getInvoice } from '#shared/partner-center/resources/invoices';
import { aCall, CONTOSO } from './client-of-sandbox';

/**
 * node read-over-tls.js https://127.0.0.1:PORT
 * Signs in and reads with both kinds of token, as in production: https all the way. In a process of its own because Node
 * reads the roots to trust (NODE_EXTRA_CA_CERTS) when it starts. Prints what it read.
 */
async function main(origin: string): Promise<void> {
  const secrets: Record<string, string> = { secret: 'sandbox-client-secret', refresh: 'sandbox-refresh-token' };
  const tokens = createTokens({
    authorityHost: origin,
    tenantId: '11111111-1111-4111-8111-111111111111',
    audience: 'https://api.partnercenter.microsoft.com',
    clientId: '22222222-2222-4222-8222-222222222222',
    clientSecretName: 'secret',
    refreshTokenName: 'refresh',
    secrets: { get: (name) => Promise.resolve(secrets[name] ?? ''), set: () => Promise.resolve() },
  });
  const pc = createTransport({ apiRoot: origin, tokens, applicationName: 'Cartage contract tests' });
  const { country } = await getCustomer(pc, CONTOSO, aCall());
  const { id } = await getInvoice(pc, 'G000024135', aCall());
  console.log(JSON.stringify({ country, id }));
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  console.log(JSON.stringify(error));
});
