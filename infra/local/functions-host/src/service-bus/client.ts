import { ServiceBusClient, type ServiceBusClientOptions } from '@azure/service-bus';
import type { Connection } from '#settings/settings';

/** How soon a lost connection is opened again. The SDK's own 30 s are too long while developing, when a local broker restarts. */
const CLIENT_OPTIONS: ServiceBusClientOptions = {
  retryOptions: { retryDelayInMs: 500, maxRetryDelayInMs: 2000, maxRetries: 3 },
};

/** The client that the listeners of one connection share. */
export interface SharedClient {
  current(): ServiceBusClient;
  /** Replaces a client that is stuck by a new one, unless another listener has done so already, and returns the current one. */
  replace(stuck: ServiceBusClient): ServiceBusClient;
  close(): Promise<void>;
}

/** The clients of an app's connections. */
interface ClientPool {
  /** The client of a connection, made when it is first asked for. */
  get(name: string, connection: Connection): Promise<SharedClient>;
  close(): Promise<void>;
}

export function createClientPool(): ClientPool {
  const clients = new Map<string, Promise<SharedClient>>();
  return {
    get(name, connection) {
      const client = clients.get(name) ?? shareClient(connection);
      clients.set(name, client);
      return client;
    },
    async close() {
      for (const client of clients.values()) await (await client).close();
    },
  };
}

/** Makes the client of a connection, which authenticates with a connection string or with the identity of the process. */
async function shareClient(connection: Connection): Promise<SharedClient> {
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
  if (connection.kind === 'connectionString') return () => new ServiceBusClient(connection.value, CLIENT_OPTIONS);
  const { DefaultAzureCredential } = await import('@azure/identity');
  const { clientId, fullyQualifiedNamespace } = connection;
  const credential = new DefaultAzureCredential(clientId === undefined ? {} : { managedIdentityClientId: clientId });
  return () => new ServiceBusClient(fullyQualifiedNamespace, credential, CLIENT_OPTIONS);
}
