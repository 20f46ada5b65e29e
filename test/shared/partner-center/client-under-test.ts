import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalSecrets } from '#shared/partner-center/auth/local-secrets';
import { createTokens, type Tokens } from '#shared/partner-center/auth/tokens';
import {
  createTransport,
  type TransportLimits,
  type TransportOptions,
} from '#shared/partner-center/http/create-transport';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import { respond, startScriptedServer, type Answer, type ScriptedServer } from './scripted-server';

export const ACCESS_TOKEN = 'access-token-that-must-stay-secret';
const CLIENT_SECRET = 'client-secret-that-must-stay-secret';
const REFRESH_TOKEN = 'refresh-token-that-must-stay-secret';
export const SECRETS = [ACCESS_TOKEN, CLIENT_SECRET, REFRESH_TOKEN];

export interface ClientUnderTest {
  readonly server: ScriptedServer;
  readonly pc: Transport;
  readonly tokens: Tokens;
  /** What the API is to answer; sign-ins are answered apart from it. */
  answer(answer: Answer): void;
  /** What the sign-in is to answer. */
  answerSignIn(answer: Answer): void;
  close(): Promise<void>;
}

export interface ClientUnderTestOptions {
  readonly limits?: Partial<TransportLimits>;
  /** Another API root than the server's. */
  readonly apiRoot?: string;
  readonly authorityHost?: string;
  readonly locale?: string;
  /** The clock of tokens and budgets. */
  readonly now?: () => number;
}

/** The real client against a scripted server that is both Entra ID and Partner Center. */
export async function startClientUnderTest(options: ClientUnderTestOptions = {}): Promise<ClientUnderTest> {
  const server = await startScriptedServer();
  const folder = await mkdtemp(join(tmpdir(), 'cartage-client-'));
  let api: Answer = respond(404, { code: 1000, description: 'nothing here' });
  let signIn: Answer = respond(200, tokenAnswer());
  server.answer((seen, response) => (isSignIn(seen.path) ? signIn : api)(seen, response));
  const tokens = createTokens({
    authorityHost: options.authorityHost ?? 'https://login.microsoftonline.com',
    authorityRoute: server.origin,
    tenantId: '11111111-1111-4111-8111-111111111111',
    audience: 'https://api.partnercenter.microsoft.com',
    clientId: '22222222-2222-4222-8222-222222222222',
    clientSecretName: 'client-secret',
    refreshTokenName: 'refresh-token',
    secrets: createLocalSecrets({
      given: { 'client-secret': CLIENT_SECRET, 'refresh-token': REFRESH_TOKEN },
      file: join(folder, 'secrets.json'),
    }),
    now: options.now,
  });
  const close = async () => {
    await server.close();
    await rm(folder, { recursive: true });
  };
  const pc = await transportOrClose(
    {
      apiRoot: options.apiRoot ?? server.origin,
      tokens,
      applicationName: 'Cartage tests',
      locale: options.locale,
      limits: options.limits,
      repeatPauses: [5, 20],
      now: options.now,
    },
    close,
  );
  return {
    server,
    pc,
    tokens,
    answer: (answer) => {
      api = answer;
    },
    answerSignIn: (answer) => {
      signIn = answer;
    },
    close,
  };
}

async function transportOrClose(options: TransportOptions, close: () => Promise<void>): Promise<Transport> {
  try {
    return createTransport(options);
  } catch (error) {
    await close();
    throw error;
  }
}

/** What Entra ID answers to a good sign-in. */
export function tokenAnswer(changes: Record<string, unknown> = {}) {
  return { token_type: 'Bearer', expires_in: 3600, access_token: ACCESS_TOKEN, ...changes };
}

export function aCall(): Call {
  return { requestId: randomUUID(), correlationId: randomUUID() };
}

function isSignIn(path: string): boolean {
  return path.includes('/oauth2/') || path.includes('/.well-known/');
}
