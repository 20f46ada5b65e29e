import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { postPurchase } from './client';
import { developmentRequesters } from './settings';

/** Signs a purchase request as the development CRM and posts it: `node dist/infra/local/post-purchase.js FILE [--url U] [--id ID]`. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { url: { type: 'string', default: 'http://127.0.0.1:7071' }, id: { type: 'string' } },
  });
  const [file] = positionals;
  if (file === undefined)
    throw new Error('Name the file with the purchase request, such as infra/local/examples/purchase.json.');
  const { signingSecret, readKey } = developmentRequesters.crm;
  const caller = { functionsUrl: values.url, signingSecret, readKey };
  const answer = await postPurchase(caller, values.id ?? randomUUID(), readFileSync(file));
  console.log(`${answer.status} ${await answer.text()}`);
  const location = answer.headers.get('location');
  if (location === null) process.exitCode = 1;
  else
    console.log(`\nSee where it stands:\n\n  curl -s -H 'Authorization: Bearer ${readKey}' ${values.url}${location}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
