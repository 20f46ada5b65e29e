import { z } from 'zod';
import { requesters } from './domain/requester';

/**
 * Everything that differs between one deployment and another, read from the environment once. How to connect is a union:
 * a connection string, or a host name with a managed identity; the product never asks where it runs.
 */

const positive = z.coerce.number<string>().int().positive();
const yesOrNo = z.stringbool({ truthy: ['true'], falsy: ['false'] });
const listOfSeconds = (normally: string) =>
  z
    .string()
    .default(normally)
    .transform((text) => text.split(','))
    .pipe(z.array(positive).min(1));
const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));

const settings = z
  .object({
    ServiceBusConnection: z.string().optional(),
    ServiceBusConnection__fullyQualifiedNamespace: z.string().optional(),
    StorageConnection: z.string().optional(),
    StorageConnection__blobServiceUri: url.optional(),
    StorageConnection__tableServiceUri: url.optional(),
    /** The user-assigned identity to connect with. */
    AZURE_CLIENT_ID: z.string().optional(),
    KEY_VAULT_URI: url.optional(),

    PARTNER_CENTER_API_ROOT: url.default('https://api.partnercenter.microsoft.com'),
    PARTNER_CENTER_AUTHORITY_HOST: url.default('https://login.microsoftonline.com'),
    PARTNER_CENTER_AUTHORITY_ROUTE: url.optional(),
    PARTNER_CENTER_AUDIENCE: z.string().default('https://api.partnercenter.microsoft.com'),
    PARTNER_CENTER_TENANT_ID: z.guid(),
    PARTNER_CENTER_CLIENT_ID: z.guid(),
    /** Without a vault the secrets are given here, and a refresh token that changed is kept in the file. */
    PARTNER_CENTER_CLIENT_SECRET: z.string().optional(),
    PARTNER_CENTER_REFRESH_TOKEN: z.string().optional(),
    PARTNER_CENTER_SECRETS_FILE: z.string().optional(),

    /** How many calls Partner Center gets in a minute: all together, and for one customer ("API throttling guidance"). */
    PARTNER_CENTER_CALLS_PER_MINUTE: positive.default(500),
    PARTNER_CENTER_CALLS_PER_MINUTE_AND_CUSTOMER: positive.default(250),

    REQUESTERS: z.string().transform(parseJson).pipe(requesters),

    CHECKOUT_TIMEOUT_SECONDS: positive.default(180),
    TRACKING_INTERVALS_SECONDS: listOfSeconds('15,30,60,120,300,600'),
    OUTAGE_PAUSES_SECONDS: listOfSeconds('5,10,20,40,80,160,300'),
    TRACK_PROVISIONING: yesOrNo.default(true),
    STAGE_TIMEOUT_SECONDS: positive.default(24 * 60 * 60),
    // Several watchdogs of one purchase become one as duplicates, so within the queues' duplicate window (topology.json).
    WATCHDOG_SECONDS: positive.max(30 * 60).default(10 * 60),
    CATALOGUE_SECONDS: positive.default(60 * 60),
    /** Hold a purchase that asks for the same as another of so many hours; 0 = never. */
    POSSIBLE_DUPLICATE_HOURS: z.coerce.number<string>().int().min(0).default(0),
    /** Country codes, comma-separated, or `none`; replaces the documented list. */
    UNAVAILABLE_MARKETS: z
      .string()
      .transform((text) => (text === 'none' ? [] : text.split(',').map((code) => code.trim().toUpperCase())))
      .pipe(z.array(z.string().regex(/^[A-Z]{2}$/, 'must be country codes of two letters')))
      .optional(),
    PERPETUAL_SOFTWARE_QUALIFIED: yesOrNo.default(false),
    INVOICE_WINDOW_DAYS: positive.default(90),
    /** Signs snapshots; without it each process has a key of its own. */
    SNAPSHOT_KEY: z.string().min(32, 'must have at least 32 characters').optional(),
  })
  .transform((read, context) => ({
    bus: connection(
      'ServiceBusConnection',
      read.ServiceBusConnection,
      read.ServiceBusConnection__fullyQualifiedNamespace && {
        namespace: read.ServiceBusConnection__fullyQualifiedNamespace,
      },
      context,
    ),
    storage: connection(
      'StorageConnection',
      read.StorageConnection,
      read.StorageConnection__blobServiceUri &&
        read.StorageConnection__tableServiceUri && {
          blobUri: read.StorageConnection__blobServiceUri,
          tableUri: read.StorageConnection__tableServiceUri,
        },
      context,
    ),
    identityClientId: read.AZURE_CLIENT_ID,
    secrets: secretsOf(read, context),
    partnerCenter: {
      apiRoot: read.PARTNER_CENTER_API_ROOT,
      authorityHost: read.PARTNER_CENTER_AUTHORITY_HOST,
      authorityRoute: read.PARTNER_CENTER_AUTHORITY_ROUTE,
      audience: read.PARTNER_CENTER_AUDIENCE,
      tenantId: read.PARTNER_CENTER_TENANT_ID,
      clientId: read.PARTNER_CENTER_CLIENT_ID,
      limits: {
        partnerPerMinute: read.PARTNER_CENTER_CALLS_PER_MINUTE,
        customerPerMinute: read.PARTNER_CENTER_CALLS_PER_MINUTE_AND_CUSTOMER,
      },
    },
    requesters: read.REQUESTERS,
    settings: {
      checkoutTimeoutSeconds: read.CHECKOUT_TIMEOUT_SECONDS,
      trackingIntervalsSeconds: read.TRACKING_INTERVALS_SECONDS,
      outagePausesSeconds: read.OUTAGE_PAUSES_SECONDS,
      trackProvisioning: read.TRACK_PROVISIONING,
      stageTimeoutSeconds: read.STAGE_TIMEOUT_SECONDS,
      watchdogSeconds: read.WATCHDOG_SECONDS,
      catalogueSeconds: read.CATALOGUE_SECONDS,
      unavailableMarkets: read.UNAVAILABLE_MARKETS,
      perpetualSoftwareQualified: read.PERPETUAL_SOFTWARE_QUALIFIED,
      requesterLimits: new Map(
        read.REQUESTERS.flatMap(({ id, limits }) => (limits === undefined ? [] : [[id, limits] as const])),
      ),
    },
    possibleDuplicateHours: read.POSSIBLE_DUPLICATE_HOURS,
    invoiceWindowDays: read.INVOICE_WINDOW_DAYS,
    snapshotKey: read.SNAPSHOT_KEY,
  }));

export type Config = z.infer<typeof settings>;

/** The names of Partner Center's two secrets, in a vault as in the environment (with underscores). */
export const secretNames = {
  clientSecretName: 'PARTNER-CENTER-CLIENT-SECRET',
  refreshTokenName: 'PARTNER-CENTER-REFRESH-TOKEN',
} as const;

/** Where Partner Center's secrets are: a vault, or the environment with a file for the one that changes. */
type Secrets =
  { kind: 'vault'; uri: string } | { kind: 'given'; given: Record<string, string | undefined>; file: string };

/** Reads the settings. Throws one error that lists everything that is wrong; values are never repeated in it. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const given = withoutEmpty(environment);
  const unresolved = Object.entries(given).flatMap(([name, value]) => (isReference(value) ? [name] : []));
  const read = settings.safeParse(given);
  if (read.success && unresolved.length === 0) return read.data;
  const issues = (read.error?.issues ?? []).filter(({ path: [name] }) => !unresolved.includes(String(name)));
  const problems = [
    ...unresolved.map((name) => `  ${name}: ${UNRESOLVED}`),
    ...issues.map(({ path, message }) => `  ${path.map(String).join('.')}: ${message}`),
  ];
  throw new Error(`Invalid configuration:\n${problems.join('\n')}`);
}

/** A reference that the platform has not replaced by what it points at stays in the setting as it was written. */
function isReference(value: string): boolean {
  return /^\s*@Microsoft\.(KeyVault|AppConfiguration)\(/i.test(value);
}
const UNRESOLVED =
  'is a reference that was not resolved; see it under "Environment variables" in the portal, and give the identity of the app the right to read the secret';

interface SecretSettings {
  KEY_VAULT_URI?: string | undefined;
  PARTNER_CENTER_CLIENT_SECRET?: string | undefined;
  PARTNER_CENTER_REFRESH_TOKEN?: string | undefined;
  PARTNER_CENTER_SECRETS_FILE?: string | undefined;
}

function secretsOf(read: SecretSettings, context: z.RefinementCtx): Secrets {
  if (read.KEY_VAULT_URI) return { kind: 'vault', uri: read.KEY_VAULT_URI };
  if (read.PARTNER_CENTER_CLIENT_SECRET && read.PARTNER_CENTER_SECRETS_FILE) {
    const given = {
      [secretNames.clientSecretName]: read.PARTNER_CENTER_CLIENT_SECRET,
      [secretNames.refreshTokenName]: read.PARTNER_CENTER_REFRESH_TOKEN,
    };
    return { kind: 'given', given, file: read.PARTNER_CENTER_SECRETS_FILE };
  }
  const message = 'set KEY_VAULT_URI, or PARTNER_CENTER_CLIENT_SECRET with PARTNER_CENTER_SECRETS_FILE';
  context.addIssue({ code: 'custom', path: ['KEY_VAULT_URI'], message });
  return z.NEVER;
}

type Connection<Identity> = { kind: 'string'; value: string } | ({ kind: 'identity' } & Identity);

function connection<Identity extends object>(
  name: string,
  value: string | undefined,
  identity: Identity | undefined | '',
  context: z.RefinementCtx,
): Connection<Identity> {
  if (value) return { kind: 'string', value };
  if (identity) return { kind: 'identity', ...identity };
  context.addIssue({
    code: 'custom',
    path: [name],
    message: `set ${name} (a connection string) or its ${name}__ settings (a managed identity)`,
  });
  return z.NEVER;
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' });
    return z.NEVER;
  }
}

/** Deployment templates write empty strings for what is not set. */
function withoutEmpty(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}
