import { randomUUID } from 'node:crypto';
import type { ServiceBusClient, ServiceBusSender } from '@azure/service-bus';
import { expect } from '@jest/globals';
import type { BrokerProcess } from './broker-process';
import { until } from './until';

/** A client of the SDK that was there before, and must not notice what others do. */
export class Bystander {
  private readonly client: ServiceBusClient;
  private readonly sender: ServiceBusSender;
  private readonly received = new Set<unknown>();
  /** Every error it was told. */
  private readonly troubles: unknown[] = [];

  private constructor(
    private readonly broker: BrokerProcess,
    queue: string,
  ) {
    this.client = broker.client();
    this.sender = this.client.createSender(queue);
    this.client.createReceiver(queue).subscribe({
      processMessage: async ({ body }) => void this.received.add(body),
      processError: async ({ error }) => void this.troubles.push(error),
    });
  }

  /** It sends to and receives from a queue of its own. */
  static async join(broker: BrokerProcess, queue: string): Promise<Bystander> {
    const bystander = new Bystander(broker, queue);
    await bystander.isServed();
    return bystander;
  }

  /** It is served as before and was told no error, and the broker had none of its own. */
  async noticedNothing(): Promise<void> {
    await this.isServed();
    expect(this.troubles).toEqual([]);
    expect(this.broker.log).not.toContain('failed');
  }

  /** Sends a message over the links it has had all along, and waits until it comes back. */
  async isServed(): Promise<void> {
    const body = randomUUID();
    await this.sender.sendMessages({ body });
    await until(() => this.received.has(body));
  }
}
