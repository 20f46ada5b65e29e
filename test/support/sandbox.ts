import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '@cartage/partner-center/sandbox';
import { readCommandLine } from '@cartage/partner-center/settings';
import { z } from 'zod';
import { createLocalSecrets } from '#shared/partner-center/auth/local-secrets';
import { createTokens } from '#shared/partner-center/auth/tokens';
import { createTransport, type TransportLimits } from '#shared/partner-center/http/create-transport';
import type { Transport } from '#shared/partner-center/http/transport';
import { createCatalogueCache, type CatalogueCache } from '#shared/pipeline/catalogue-cache';

const ledger = z.object({
  orders: z.array(
    z.object({
      orderId: z.string(),
      customerId: z.string(),
      cartId: z.string(),
      orderGroup: z.string(),
      requestId: z.string(),
      correlationId: z.string(),
      lines: z.array(z.object({ catalogItemId: z.string(), quantity: z.number(), cancelled: z.boolean() })),
    }),
  ),
});
const calls = z.object({ calls: z.record(z.string(), z.number()) });

/** The sandbox's own list of what was bought and why. */
type LedgerOrder = z.infer<typeof ledger>['orders'][number];

/** The Partner Center sandbox in this process, spoken to over HTTP by the real client. */
export interface TestSandbox {
  url: string;
  /** The same over https, with a certificate of its own root; only with the switch --https-port. */
  secureUrl: string;
  partnerCenter: Transport;
  /** The client of another process, with budgets of its own. */
  elsewhere: Transport;
  orders(): Promise<LedgerOrder[]>;
  /** How often each route was called since the start, by method and path. */
  calls(): Promise<Record<string, number>>;
  /** What the pipeline remembers of its catalogue, which no reset changes. */
  readonly catalogueCache: CatalogueCache;
  /** The sandbox's time. */
  now(): Date;
  /** Moves its clock ahead. */
  advance(seconds: number): Promise<void>;
  /** One of the sandbox's control calls. */
  control(path: string, body: unknown): Promise<void>;
  clearFaults(): Promise<void>;
  /** Back to its seed and the real time. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestSandbox(
  switches: string[] = [],
  limits: Partial<TransportLimits> = {},
): Promise<TestSandbox> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cartage-sandbox-'));
  const sandbox = await startSandbox(readCommandLine(['--port', '0', '--data', dataDir, ...switches]));
  const url = `http://127.0.0.1:${sandbox.port}`;
  let skew = 0;
  /** The client's own clock never goes back: a pause of one test would otherwise last into the next. */
  let clientSkew = 0;
  const secretsFile = join(dataDir, 'secrets.json');
  const control = async (path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  };
  return {
    url,
    secureUrl: `https://127.0.0.1:${sandbox.httpsPort}`,
    partnerCenter: sandboxClient(url, secretsFile, limits, () => Date.now() + clientSkew),
    elsewhere: sandboxClient(url, secretsFile),
    catalogueCache: createCatalogueCache(24 * 60 * 60),
    orders: async () => ledger.parse(await (await fetch(`${url}/sandbox/ledger`)).json()).orders,
    calls: async () => calls.parse(await (await fetch(`${url}/sandbox/calls`)).json()).calls,
    now: () => new Date(Date.now() + skew),
    advance: async (seconds) => {
      await control('/sandbox/clock', { advanceSeconds: seconds });
      skew += seconds * 1000;
      clientSkew += seconds * 1000;
    },
    control,
    clearFaults: async () => {
      await fetch(`${url}/sandbox/faults`, { method: 'DELETE' });
    },
    reset: async () => {
      await control('/sandbox/reset', {});
      skew = 0;
    },
    stop: async () => {
      await sandbox.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The real client, set up for the sandbox as its seed has it, without limits of our own. */
export function sandboxClient(
  url: string,
  secretsFile: string,
  limits: Partial<TransportLimits> = {},
  now = Date.now,
  refreshToken = 'sandbox-refresh-token',
): Transport {
  const given = { secret: 'sandbox-client-secret', refresh: refreshToken };
  const tokens = createTokens({
    authorityHost: 'https://login.partner-center.test',
    authorityRoute: url,
    tenantId: '11111111-1111-4111-8111-111111111111',
    audience: 'https://api.partnercenter.microsoft.com',
    clientId: '22222222-2222-4222-8222-222222222222',
    clientSecretName: 'secret',
    refreshTokenName: 'refresh',
    secrets: createLocalSecrets({ given, file: secretsFile }),
  });
  const unlimited = { partnerPerMinute: 1_000_000, customerPerMinute: 1_000_000, ...limits };
  return createTransport({
    apiRoot: url,
    tokens,
    applicationName: 'Cartage tests',
    limits: unlimited,
    repeatPauses: [5, 20],
    now,
  });
}
