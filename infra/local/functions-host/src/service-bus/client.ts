import { ServiceBusClient, type ServiceBusClientOptions } from '@azure/service-bus';
import type { Connection } from '#settings';

/**
 * How soon a lost connection is tried again. The SDK's own 30 s are long for people who restart a local broker;
 * on Azure the real host brings its own settings.
 */
const options: ServiceBusClientOptions = {
  retryOptions: { retryDelayInMs: 500, maxRetryDelayInMs: 2000, maxRetries: 3 },
};

/** The client that the listeners of one connection share. */
export interface SharedClient {
  current(): ServiceBusClient;
  /** Makes a new client in place of one that is stuck, unless another listener did so already. */
  replace(stuck: ServiceBusClient): ServiceBusClient;
  close(): Promise<void>;
}

/** Connects to a namespace with a connection string, or with the identity that the process runs under. */
export async function shareClient(connection: Connection): Promise<SharedClient> {
  const connect = await connector(connection);
  let current = connect();
  const all = [current];
  return {
    current: () => current,
    replace(stuck) {
      if (current === stuck) {
        current = connect();
        all.push(current);
      }
      return current;
    },
    async close() {
      await Promise.all(all.map((client) => client.close()));
    },
  };
}

async function connector(connection: Connection): Promise<() => ServiceBusClient> {
  if (connection.kind === 'connectionString') return () => new ServiceBusClient(connection.value, options);
  const { DefaultAzureCredential } = await import('@azure/identity');
  const { clientId, fullyQualifiedNamespace } = connection;
  const credential = new DefaultAzureCredential(clientId === undefined ? {} : { managedIdentityClientId: clientId });
  return () => new ServiceBusClient(fullyQualifiedNamespace, credential, options);
}
