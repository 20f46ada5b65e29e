import { randomUUID } from 'node:crypto';
import { createTokens, type Tokens } from '#shared/partner-center/auth/tokens';
import { createTransport, type TransportLimits } from '#shared/partner-center/http/create-transport';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';

export const CONTOSO = 'b3f4a2de-0c35-4ae5-9d1e-2f0e1c7d9a01';
export const FABRIKAM = '5f1c6a77-93b8-4f0a-8a8e-7c2f8f3b2c02';
export const CONTOSO_AZURE = 'c0ffee00-0000-4000-8000-000000000001';
export const FABRIKAM_AZURE = 'c0ffee00-0000-4000-8000-000000000002';
const SECRETS: Readonly<Record<string, string>> = { secret: 'sandbox-client-secret', refresh: 'sandbox-refresh-token' };

export interface SandboxClient {
  readonly pc: Transport;
  readonly tokens: Tokens;
}

export interface SandboxClientOptions {
  readonly limits?: Partial<TransportLimits>;
  readonly audience?: string;
  readonly authorityHost?: string;
  /** Another root for the API than for the sign-in. */
  readonly apiRoot?: string;
  /** Secrets other than the sandbox's own. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** The tokens of another client, which need no sign-in. */
  readonly tokens?: Tokens;
  /** The clock of the budgets, in milliseconds. */
  readonly now?: () => number;
}

/** A client with the sandbox's development identity. */
export function clientOf(origin: string, options: SandboxClientOptions = {}): SandboxClient {
  const tokens = options.tokens ?? tokensOf(origin, options);
  const pc = createTransport({
    apiRoot: options.apiRoot ?? origin,
    tokens,
    applicationName: 'Cartage contract tests',
    limits: options.limits,
    repeatPauses: [5, 20],
    now: options.now,
  });
  return { tokens, pc };
}

function tokensOf(origin: string, options: SandboxClientOptions): Tokens {
  const secrets = new Map(Object.entries({ ...SECRETS, ...options.secrets }));
  return createTokens({
    authorityHost: options.authorityHost ?? 'https://login.microsoftonline.com',
    authorityRoute: origin,
    tenantId: '11111111-1111-4111-8111-111111111111',
    audience: options.audience ?? 'https://api.partnercenter.microsoft.com',
    clientId: '22222222-2222-4222-8222-222222222222',
    clientSecretName: 'secret',
    refreshTokenName: 'refresh',
    secrets: {
      get: (name) => Promise.resolve(secrets.get(name) ?? ''),
      set: async (name, value) => {
        secrets.set(name, value);
      },
    },
  });
}

export function aCall(): Call {
  return { requestId: randomUUID(), correlationId: randomUUID() };
}

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const read: Item[] = [];
  for await (const item of items) read.push(item);
  return read;
}

/** The one item there is. */
export function only<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error(`expected one, got ${items.length}`);
  return item;
}
