import { randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { ServiceBusClient } from '@azure/service-bus';
import { ContainerClient } from '@azure/storage-blob';
import { createBlobs } from '#shared/azure/blobs';
import { createBus } from '#shared/azure/bus';
import { createTable } from '#shared/azure/table';
import { secretNames, type Config } from '#shared/config';
import { createLog, type Log } from '#shared/log';
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
  const log = createLog({ info: console.log, warn: console.warn, error: console.error });
  const purchases = createTable(purchasesTable(config, credential));
  return {
    bus: createBus(serviceBus(config, credential)),
    purchases: createPurchaseStore(purchases),
    possibleDuplicates:
      config.possibleDuplicateHours > 0
        ? createPossibleDuplicates(purchases, config.possibleDuplicateHours)
        : undefined,
    invoices: createBlobs(invoicesContainer(config, credential)),
    partnerCenter: partnerCenter(config, credential, log),
    cache: createCatalogueCache(config.settings.catalogueSeconds),
    requesters: config.requesters,
    settings: config.settings,
    invoiceWindowDays: config.invoiceWindowDays,
    log,
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

function invoicesContainer({ storage }: Config, credential: Credential): ContainerClient {
  return storage.kind === 'string'
    ? new ContainerClient(storage.value, 'invoices')
    : new ContainerClient(`${storage.blobUri}/invoices`, credential());
}

function partnerCenter({ partnerCenter: settings, secrets }: Config, credential: Credential, log: Log): Transport {
  const store =
    secrets.kind === 'vault' ? createKeyVaultSecrets(secrets.uri, credential()) : createLocalSecrets(secrets);
  const tokens = createTokens({ ...settings, ...secretNames, secrets: store });
  return createTransport({
    apiRoot: settings.apiRoot,
    tokens,
    applicationName: 'Cartage',
    limits: settings.limits,
    // What it holds may be personal: the log says only where it was and what is odd about it.
    onOdd: ({ raw: _raw, problems, ...where }) =>
      log('warn', 'unreadable record left out', { ...where, problems: problems.join('; ') }),
  });
}
