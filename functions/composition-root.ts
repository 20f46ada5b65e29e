import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { ServiceBusClient } from '@azure/service-bus';
import { ContainerClient } from '@azure/storage-blob';
import { createBlobs } from '#shared/azure/blobs';
import { createBus } from '#shared/azure/bus';
import { createDeadLetters } from '#shared/azure/dead-letters';
import { createTable } from '#shared/azure/table';
import { secretNames, type Config } from '#shared/config';
import { createLog } from '#shared/log';
import { createCatalogueCache } from '#shared/pipeline/catalogue-cache';
import { createPossibleDuplicates } from '#shared/pipeline/possible-duplicates';
import { createPurchaseStore } from '#shared/pipeline/purchase-store';
import { createKeyVaultSecrets } from '#shared/partner-center/auth/key-vault-secrets';
import { createLocalSecrets } from '#shared/partner-center/auth/local-secrets';
import { createTokens } from '#shared/partner-center/auth/tokens';
import { createTransport } from '#shared/partner-center/http/create-transport';
import type { Transport } from '#shared/partner-center/http/transport';

/** The only place where clients are built: from settings to everything the functions need. */
export function compose(config: Config) {
  const credential = () =>
    new DefaultAzureCredential(config.identityClientId ? { managedIdentityClientId: config.identityClientId } : {});
  const purchases = createTable(purchasesTable(config, credential));
  const client = serviceBus(config, credential);
  return {
    bus: createBus(client),
    deadLetters: createDeadLetters(client),
    purchases: createPurchaseStore(purchases),
    possibleDuplicates:
      config.possibleDuplicateHours > 0
        ? createPossibleDuplicates(purchases, config.possibleDuplicateHours)
        : undefined,
    invoices: createBlobs(container('invoices', config, credential)),
    overflow: createBlobs(container('unprocessable-messages', config, credential)),
    partnerCenter: partnerCenter(config, credential),
    cache: createCatalogueCache(config.settings.catalogueSeconds),
    requesters: config.requesters,
    settings: config.settings,
    invoiceWindowDays: config.invoiceWindowDays,
    log: createLog({ info: console.log, warn: console.warn, error: console.error }),
    now: () => new Date(),
    newId: randomUUID,
  };
}

type Credential = () => TokenCredential;

function serviceBus({ bus }: Config, credential: Credential): ServiceBusClient {
  // A broker that went away is tried again soon: a stage's message is waiting meanwhile.
  const options = {
    retryOptions: { maxRetries: 5, retryDelayInMs: 500, maxRetryDelayInMs: 5000, timeoutInMs: 8000 },
  };
  return bus.kind === 'string'
    ? new ServiceBusClient(bus.value, options)
    : new ServiceBusClient(bus.namespace, credential(), options);
}

function purchasesTable({ storage }: Config, credential: Credential): TableClient {
  return storage.kind === 'string'
    ? TableClient.fromConnectionString(storage.value, 'Purchases', { allowInsecureConnection: true })
    : new TableClient(storage.tableUri, 'Purchases', credential());
}

function container(name: string, { storage }: Config, credential: Credential): ContainerClient {
  return storage.kind === 'string'
    ? new ContainerClient(storage.value, name)
    : new ContainerClient(`${storage.blobUri}/${name}`, credential());
}

function partnerCenter({ partnerCenter: settings, secrets }: Config, credential: Credential): Transport {
  const store =
    secrets.kind === 'vault' ? createKeyVaultSecrets(secrets.uri, credential()) : createLocalSecrets(secrets);
  const tokens = createTokens({ ...settings, ...secretNames, secrets: store });
  return createTransport({ apiRoot: settings.apiRoot, tokens, applicationName: 'Cartage', limits: settings.limits });
}
