import { Agent } from 'node:http';
import { ServiceBusAdministrationClient } from '@azure/service-bus';
import type { TestBroker } from './test-broker';

/** No connection is kept: it might lead to an earlier run of the broker. */
const AGENT = new Agent({ keepAlive: false });

/** The SDK's admin client. It speaks https to the AMQP port; a policy leads it to the admin port instead. */
export function administrator(broker: TestBroker, key?: string): ServiceBusAdministrationClient {
  const client = new ServiceBusAdministrationClient(broker.connectionString(key), { retryOptions: { maxRetries: 0 } });
  client.pipeline.addPolicy({
    name: 'local',
    sendRequest: (request, next) => {
      const url = new URL(request.url);
      request.url = `http://127.0.0.1:${broker.adminPort}${url.pathname}${url.search}`;
      request.allowInsecureConnection = true;
      request.agent = AGENT;
      return next(request);
    },
  });
  return client;
}
