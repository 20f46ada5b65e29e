import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { dataEntries } from './data-dir';
import type { Ports } from './ports';

/** The storage account and key of every Azurite; both are public (https://learn.microsoft.com/azure/storage/common/storage-connect-azurite). */
const STORAGE_ACCOUNT = 'devstoreaccount1';
const STORAGE_KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** The broker's key when SERVICE_BUS_KEY is not set. */
const DEFAULT_SERVICE_BUS_KEY = 'local-development-key';

/**
 * The two systems that may ask for purchases on one machine. Their secrets are as public as this file: they open nothing but a stack
 * on 127.0.0.1. To run with others, set REQUESTERS.
 */
export const developmentRequesters = {
  crm: {
    id: 'contoso-crm',
    signingSecret: 'whsec_Y2FydGFnZSBsb2NhbCBkZXZlbG9wbWVudCBjcm0=',
    readKey: 'local-development-read-key-of-contoso-crm',
  },
  erp: {
    id: 'contoso-erp',
    signingSecret: 'whsec_Y2FydGFnZSBsb2NhbCBkZXZlbG9wbWVudCBlcnA=',
    readKey: 'local-development-read-key-of-contoso-erp',
  },
} as const;

/** The customers that the sandbox begins with. Requests for any other are rejected at intake. */
const SANDBOX_CUSTOMERS = [
  'b3f4a2de-0c35-4ae5-9d1e-2f0e1c7d9a01',
  '5f1c6a77-93b8-4f0a-8a8e-7c2f8f3b2c02',
  '0d9e8c7b-6a5f-4e3d-8c2b-1a0f9e8d7c03',
];

const requesters = Object.entries(developmentRequesters).map(([kind, { id, signingSecret, readKey }]) => ({
  id,
  kind,
  signingKeys: [{ secret: signingSecret }],
  readKeys: [createHash('sha256').update(readKey).digest('hex')],
  customers: SANDBOX_CUSTOMERS,
}));

/** The settings that the product sees on one machine, under the names they have on Azure. */
export type LocalSettings = ReturnType<typeof defaults>;

/**
 * Makes the settings for a stack on the given ports; what the environment sets already stays as it is.
 * @param dataDir where the refresh token is kept when Partner Center changes it
 */
export function localSettings(ports: Omit<Ports, 'functions'>, dataDir: string, env: NodeJS.ProcessEnv): LocalSettings {
  const settings = defaults(ports, dataDir, env);
  for (const name of Object.keys(settings) as (keyof LocalSettings)[]) settings[name] = env[name] ?? settings[name];
  return settings;
}

function defaults(ports: Omit<Ports, 'functions'>, dataDir: string, env: NodeJS.ProcessEnv) {
  const storage = [
    'DefaultEndpointsProtocol=http',
    `AccountName=${STORAGE_ACCOUNT}`,
    `AccountKey=${STORAGE_KEY}`,
    `BlobEndpoint=http://127.0.0.1:${ports.blob}/${STORAGE_ACCOUNT}`,
    `TableEndpoint=http://127.0.0.1:${ports.table}/${STORAGE_ACCOUNT}`,
  ].join(';');
  const serviceBus = [
    `Endpoint=sb://127.0.0.1:${ports.broker}`,
    'SharedAccessKeyName=RootManageSharedAccessKey',
    `SharedAccessKey=${env['SERVICE_BUS_KEY'] ?? DEFAULT_SERVICE_BUS_KEY}`,
    'UseDevelopmentEmulator=true',
  ].join(';');
  return {
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    // Four times what the webhook takes: larger bodies are turned away before they are read.
    FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '1048576',
    AzureWebJobsStorage: storage,
    StorageConnection: storage,
    ServiceBusConnection: serviceBus,
    PARTNER_CENTER_API_ROOT: `http://127.0.0.1:${ports.sandbox}`,
    PARTNER_CENTER_AUTHORITY_HOST: 'https://login.partner-center.test',
    PARTNER_CENTER_AUTHORITY_ROUTE: `http://127.0.0.1:${ports.sandbox}`,
    PARTNER_CENTER_AUDIENCE: 'https://api.partnercenter.microsoft.com',
    PARTNER_CENTER_TENANT_ID: '11111111-1111-4111-8111-111111111111',
    PARTNER_CENTER_CLIENT_ID: '22222222-2222-4222-8222-222222222222',
    PARTNER_CENTER_CLIENT_SECRET: 'sandbox-client-secret',
    PARTNER_CENTER_REFRESH_TOKEN: 'sandbox-refresh-token',
    PARTNER_CENTER_SECRETS_FILE: join(dataDir, dataEntries.partnerCenterSecrets),
    REQUESTERS: JSON.stringify(requesters),
    // The sandbox's partner is qualified.
    PERPETUAL_SOFTWARE_QUALIFIED: 'true',
    InvoiceSchedule: '0 */5 * * * *',
    // The sandbox's orders complete within seconds, so a person at a desk need not wait for minutes.
    TRACKING_INTERVALS_SECONDS: '1,1,2,5,15,60',
    CHECKOUT_TIMEOUT_SECONDS: '20',
    WATCHDOG_SECONDS: '30',
  };
}
