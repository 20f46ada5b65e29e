import { randomUUID } from 'node:crypto';
import type { ServiceBusClient, ServiceBusSender } from '@azure/service-bus';
import { eventually } from '@cartage/stack/eventually';
import { expect } from '@jest/globals';
import type { TestBroker } from './test-broker';

/** A client of the SDK that was there before, and must not notice what others do. */
export class Bystander {
  readonly #broker: TestBroker;
  readonly #client: ServiceBusClient;
  readonly #sender: ServiceBusSender;
  readonly #received = new Set<unknown>();
  /** Every error it got. */
  readonly #troubles: unknown[] = [];

  private constructor(broker: TestBroker, queue: string) {
    this.#broker = broker;
    this.#client = broker.client();
    this.#sender = this.#client.createSender(queue);
    this.#client.createReceiver(queue).subscribe({
      processMessage: async ({ body }) => void this.#received.add(body),
      processError: async ({ error }) => void this.#troubles.push(error),
    });
  }

  /** It sends to and receives from a queue of its own. */
  static async join(broker: TestBroker, queue: string): Promise<Bystander> {
    const bystander = new Bystander(broker, queue);
    await bystander.isServed();
    return bystander;
  }

  /** It is served as before and got no error, and the broker logged no failure of its own. */
  async noticedNothing(): Promise<void> {
    await this.isServed();
    expect(this.#troubles).toEqual([]);
    expect(this.#broker.log).not.toContain('failed');
  }

  /** Sends a message over the links it has had all along, and waits until it comes back. */
  async isServed(): Promise<void> {
    const body = randomUUID();
    await this.#sender.sendMessages({ body });
    await eventually('the bystander is served', () => this.#received.has(body));
  }
}
