import { Heap } from './heap';
import type { Message } from './message';

/** Something that takes messages: a receiver link. */
export interface Consumer {
  /** How many messages it takes now. */
  readonly credit: number;
  take(message: Message): void;
  /** The queue was deleted. */
  queueDeleted(): void;
}

/** What a lane needs of its queue. */
interface LaneQueue {
  /** The broker's time. */
  readonly now: number;
  /** Notified when a lane has a message; only when the queue requires sessions. */
  readonly sessions: { available(lane: Lane): void } | undefined;
  /** The time to live of a message is over. */
  expire(message: Message): void;
}

/** Messages that wait for a receiver, in the order of their numbers, and the receivers that wait for messages, in turn. */
export class Lane {
  readonly #queue: LaneQueue;
  readonly #ready = new Heap<Message>((a, b) => a.sequence < b.sequence);
  readonly #consumers: Consumer[] = [];
  #turn = 0;

  constructor(
    queue: LaneQueue,
    readonly name: string,
  ) {
    this.#queue = queue;
  }

  /** True when no message and no receiver is here. */
  get idle(): boolean {
    return this.#ready.size === 0 && this.#consumers.length === 0;
  }

  get waiting(): number {
    return this.#ready.size;
  }

  offer(message: Message): void {
    this.#ready.push(message);
    this.pump();
    this.#queue.sessions?.available(this);
  }

  /** Takes a message out, because it is gone. */
  withdraw(message: Message): void {
    this.#ready.remove(message);
  }

  add(consumer: Consumer): void {
    this.#consumers.push(consumer);
    this.pump();
  }

  remove(consumer: Consumer): void {
    const index = this.#consumers.indexOf(consumer);
    if (index >= 0) this.#consumers.splice(index, 1);
  }

  /** The queue was deleted: all receivers are detached. */
  close(): void {
    for (const consumer of this.#consumers.splice(0)) consumer.queueDeleted();
  }

  /** Delivers messages while there are any and a receiver takes them. */
  pump(): void {
    while (this.#ready.size > 0) {
      const consumer = this.#nextConsumer();
      if (!consumer) return;
      const message = this.#ready.pop();
      if (!message) return;
      if (message.expiresAt <= this.#queue.now) this.#queue.expire(message);
      else consumer.take(message);
    }
  }

  #nextConsumer(): Consumer | undefined {
    for (let i = 0; i < this.#consumers.length; i++) {
      this.#turn = (this.#turn + 1) % this.#consumers.length;
      const consumer = this.#consumers[this.#turn];
      if (consumer && consumer.credit > 0) return consumer;
    }
    return undefined;
  }
}
