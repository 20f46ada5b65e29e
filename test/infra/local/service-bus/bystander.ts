import { randomUUID } from 'node:crypto';
import type { ServiceBusClient, ServiceBusSender } from '@azure/service-bus';
import type { BrokerProcess } from './broker-process';
import { until } from './until';

/** A client of the SDK that was there before, and must not notice what others do. */
export class Bystander {
  private readonly client: ServiceBusClient;
  private readonly sender: ServiceBusSender;
  private readonly received = new Set<unknown>();
  /** Every error it was told. */
  readonly troubles: unknown[] = [];

  /** It sends to and receives from a queue of its own. */
  constructor(broker: BrokerProcess, queue: string) {
    this.client = broker.client();
    this.sender = this.client.createSender(queue);
    this.client.createReceiver(queue).subscribe({
      processMessage: async ({ body }) => void this.received.add(body),
      processError: async ({ error }) => void this.troubles.push(error),
    });
  }

  /** Sends a message over the links it has had all along, and waits until it comes back. */
  async isServed(): Promise<void> {
    const body = randomUUID();
    await this.sender.sendMessages({ body });
    await until(() => this.received.has(body));
  }
}
