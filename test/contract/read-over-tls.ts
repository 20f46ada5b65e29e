import { getCustomer } from '#shared/partner-center/resources/customers';
import { getInvoice } from '#shared/partner-center/resources/invoices';
import { aCall, clientOf, CONTOSO } from './client-of-sandbox';

/**
 * node read-over-tls.js https://127.0.0.1:PORT
 * Signs in and reads with both kinds of token, as in production: https all the way. In a process of its own because Node
 * reads the roots to trust (NODE_EXTRA_CA_CERTS) when it starts. Prints what it read.
 */
async function main(origin: string): Promise<void> {
  const { pc } = clientOf(origin, { authorityHost: origin });
  const { country } = await getCustomer(pc, CONTOSO, aCall());
  const { id } = await getInvoice(pc, 'G000024135', aCall());
  console.log(JSON.stringify({ country, id }));
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  console.log(JSON.stringify(error));
});
