import type { MessageSource, OutgoingLink } from '#amqp/outgoing-link';

interface Waiting {
  readonly response: Buffer;
  readonly left: () => void;
}

/** A link that carries answers to a client. An answer waits until the client takes it, or the link is gone. */
export class Responses implements MessageSource {
  readonly #link: OutgoingLink;
  #waiting: Waiting[] = [];
  #next = 0;

  constructor(link: OutgoingLink) {
    this.#link = link;
  }

  /** Fulfilled when the answer has left, or never will. */
  send(response: Buffer): Promise<void> {
    return new Promise((left) => {
      this.#waiting.push({ response, left });
      this.ready();
    });
  }

  ready(): void {
    while (this.#link.credit > 0) {
      const answer = this.#waiting.shift();
      if (!answer) return;
      this.#link.deliver(Buffer.from(`${this.#next++}`), answer.response, true);
      answer.left();
    }
  }

  decided(): void {
    // Answers go out settled: there is nothing to decide.
  }

  drain(done: () => void): void {
    done();
  }

  gone(): void {
    for (const { left } of this.#waiting.splice(0)) left();
  }
}
