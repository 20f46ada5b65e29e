import { AmqpError, entityNotFound } from '#amqp/amqp-error';
import type { IncomingLink, MessageSink } from '#amqp/incoming-link';
import type { Broker } from '#broker/broker';
import type { QueueEntity, TopicEntity } from '#broker/entities';
import { send } from '#broker/sending';
import { type Arrival, parseMessage, splitBatch } from '#messages/content';

const BATCH_FORMAT = 0x80013700;

/** A sender link at work: every message, or batch of messages, is acknowledged once it is on disk. */
export class Sender implements MessageSink {
  readonly #link: IncomingLink;
  readonly #entity: QueueEntity | TopicEntity;
  readonly #broker: Broker;
  constructor(link: IncomingLink, entity: QueueEntity | TopicEntity, broker: Broker) {
    this.#link = link;
    this.#entity = entity;
    this.#broker = broker;
  }

  message(delivery: { deliveryId: number; format: number; payload: Buffer; settled: boolean }): void {
    const answer = (error: AmqpError | undefined): void => {
      if (!delivery.settled)
        this.#broker.faults.acknowledge(() => this.#link.settle(delivery.deliveryId, error ?? 'accepted'));
    };
    let messages: Arrival[];
    try {
      const parts = delivery.format === BATCH_FORMAT ? splitBatch(delivery.payload) : [delivery.payload];
      messages = parts.map((part) => parseMessage(part));
    } catch (error) {
      if (error instanceof AmqpError) return answer(error);
      throw error;
    }
    send(this.#broker, this.#entity, messages, answer);
    // The service closes the links of what is deleted; the next attach says what is wrong.
    if (!this.#broker.has(this.#entity)) this.#link.close(entityNotFound(this.#entity.queue.path));
  }
}
