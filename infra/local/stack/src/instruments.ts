import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ask } from './ask';
import type { Stack } from './stack';

/** What can be read of a running stack beside its API, and how to run one of its functions now. */

const ledger = z.object({
  orders: z.array(z.object({ orderId: z.string(), cartId: z.string().optional(), orderGroup: z.string() })),
});
export type LedgerOrder = z.infer<typeof ledger>['orders'][number];

/** Every order that Partner Center's sandbox knows, with what caused it. */
export async function readLedger({ sandboxUrl }: Pick<Stack, 'sandboxUrl'>): Promise<LedgerOrder[]> {
  return ledger.parse(await readJson(`${sandboxUrl}/sandbox/ledger`)).orders;
}

const calls = z.object({ total: z.number(), calls: z.record(z.string(), z.number()) });

/** How many calls Partner Center's sandbox has answered since it started, by method and route. */
export async function readCalls({ sandboxUrl }: Pick<Stack, 'sandboxUrl'>): Promise<z.infer<typeof calls>> {
  return calls.parse(await readJson(`${sandboxUrl}/sandbox/calls`));
}

const counts = z.record(
  z.string(),
  z.object({
    active: z.number(),
    locked: z.number(),
    scheduled: z.number(),
    deadLetter: z.number(),
    totals: z.object({
      sent: z.number(),
      scheduledSends: z.number(),
      delivered: z.number(),
      completed: z.number(),
      abandoned: z.number(),
      deadLettered: z.number(),
    }),
  }),
);

/** What is in an entity now, and what went through it so far. */
export type EntityCounts = Omit<z.infer<typeof counts>[string], 'totals'> & z.infer<typeof counts>[string]['totals'];

/** The broker's counts by entity. */
export async function readCounts({
  brokerAdminUrl,
}: Pick<Stack, 'brokerAdminUrl'>): Promise<Map<string, EntityCounts>> {
  const entities = counts.parse(await readJson(`${brokerAdminUrl}/counts`));
  return new Map(Object.entries(entities).map(([name, { totals, ...now }]) => [name, { ...now, ...totals }]));
}

const keys = z.object({ masterKey: z.string() });

/** Runs a function now, as the portal's "Test/Run" does. */
export async function runFunction(
  { functionsUrl, keysFile }: Pick<Stack, 'functionsUrl' | 'keysFile'>,
  name: string,
): Promise<void> {
  const { masterKey } = keys.parse(JSON.parse(readFileSync(keysFile, 'utf8')));
  const headers = { 'x-functions-key': masterKey, 'content-type': 'application/json' };
  const answer = await ask(`${functionsUrl}/admin/functions/${name}`, {
    method: 'POST',
    headers,
    body: '{"input":""}',
  });
  if (answer.status !== 202) throw new Error(`running ${name} was answered ${answer.status}`);
}

async function readJson(url: string): Promise<unknown> {
  const answer = await ask(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.json();
}
