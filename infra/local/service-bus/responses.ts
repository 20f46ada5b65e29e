import type { MessageSource, OutgoingLink } from './amqp/outgoing-link';

const MAX_WAITING = 1000;

/** A link that carries answers to a client. Answers wait for credit; a client that never grants any loses them in the end. */
export class Responses implements MessageSource {
  private waiting: Buffer[] = [];
  private next = 0;

  constructor(private readonly link: OutgoingLink) {}

  send(response: Buffer): void {
    if (this.waiting.length < MAX_WAITING) this.waiting.push(response);
    this.ready();
  }

  ready(): void {
    while (this.link.credit > 0) {
      const response = this.waiting.shift();
      if (!response) return;
      this.link.deliver(Buffer.from(String(this.next++)), response, true);
    }
  }

  decided(): void {
    // Answers go out settled: there is nothing to decide.
  }

  drain(done: () => void): void {
    done();
  }

  gone(): void {
    this.waiting = [];
  }
}
