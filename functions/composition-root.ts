import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TableClient } from '@azure/data-tables';
import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { ServiceBusClient } from '@azure/service-bus';
import { ContainerClient } from '@azure/storage-blob';
import { createBlobs, createContainerProbe } from '#shared/azure/blobs';
import { createBus, createBusProbe } from '#shared/azure/bus';
import { createDeadLetters } from '#shared/azure/dead-letters';
import { createTable } from '#shared/azure/table';
import { secretNames, type Config } from '#shared/config';
import { createSeal } from '#shared/domain/seal';
import { createLog } from '#shared/log';
import { createCatalogueCache } from '#shared/pipeline/catalogue-cache';
import { createPossibleDuplicates } from '#shared/pipeline/possible-duplicates';
import { createPurchaseStore } from '#shared/pipeline/purchase-store';
import { createKeyVaultSecrets } from '#shared/partner-center/auth/key-vault-secrets';
import { createLocalSecrets } from '#shared/partner-center/auth/local-secrets';
import { createTokens, type Tokens } from '#shared/partner-center/auth/tokens';
import { createTransport } from '#shared/partner-center/http/create-transport';

/** The only place where clients are built: from settings to everything the functions need. */
export function compose(config: Config) {
  const credential = () =>
    new DefaultAzureCredential(config.identityClientId ? { managedIdentityClientId: config.identityClientId } : {});
  const log = createLog({ info: console.log, warn: console.warn, error: console.error });
  const purchases = createTable(purchasesTable(config, credential));
  const invoices = container('invoices', config, credential);
  const client = serviceBus(config, credential);
  const tokens = tokensOf(config, credential);
  return {
    // A snapshot that another process has signed with a key of its own is not believed: the row is read.
    bus: createBus(client, createSeal(config.snapshotKey ?? randomBytes(32))),
    deadLetters: createDeadLetters(client),
    purchases: createPurchaseStore(purchases),
    possibleDuplicates:
      config.possibleDuplicateHours > 0
        ? createPossibleDuplicates(purchases, config.possibleDuplicateHours)
        : undefined,
    invoices: createBlobs(invoices),
    overflow: createBlobs(container('unprocessable-messages', config, credential)),
    partnerCenter: createTransport({
      apiRoot: config.partnerCenter.apiRoot,
      tokens,
      applicationName: 'Cartage',
      limits: config.partnerCenter.limits,
      // What it holds may be personal: the log says only where it was and what is odd about it.
      onOdd: ({ raw: _raw, problems, ...where }) =>
        log('warn', 'unreadable record left out', { ...where, problems: problems.join('; ') }),
    }),
    /** One look at each thing that a purchase needs; a rejection says that it can't be reached. */
    probes: {
      table: () => purchases.read('readiness', 'readiness'),
      blobs: createContainerProbe(invoices),
      bus: createBusProbe(client, 'purchase-watchdog'),
      token: () => tokens.get('app', { requestId: randomUUID(), correlationId: randomUUID() }),
    },
    cache: createCatalogueCache(config.settings.catalogueSeconds),
    requesters: config.requesters,
    settings: config.settings,
    invoiceWindowDays: config.invoiceWindowDays,
    log,
    now: () => new Date(),
    newId: randomUUID,
    /** A pause alone does not keep the process alive. */
    pause: (seconds: number) => sleep(seconds * 1000, undefined, { ref: false }),
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

/** Storage that stays away is waited for with the message given out of hand, not within a call. */
const storageRetries = { retryOptions: { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1000 } };
const blobRetries = { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 1000 };

function purchasesTable({ storage }: Config, credential: Credential): TableClient {
  return storage.kind === 'string'
    ? TableClient.fromConnectionString(storage.value, 'Purchases', { ...storageRetries, allowInsecureConnection: true })
    : new TableClient(storage.tableUri, 'Purchases', credential(), storageRetries);
}

function container(name: string, { storage }: Config, credential: Credential): ContainerClient {
  return storage.kind === 'string'
    ? new ContainerClient(storage.value, name, { retryOptions: blobRetries })
    : new ContainerClient(`${storage.blobUri}/${name}`, credential(), { retryOptions: blobRetries });
}

function tokensOf({ partnerCenter: settings, secrets }: Config, credential: Credential): Tokens {
  const store =
    secrets.kind === 'vault' ? createKeyVaultSecrets(secrets.uri, credential()) : createLocalSecrets(secrets);
  return createTokens({ ...settings, ...secretNames, secrets: store });
}
