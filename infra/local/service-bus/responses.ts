import { AmqpError } from './amqp/amqp-error';
import type { MessageSource, OutgoingLink } from './amqp/outgoing-link';

/** Bytes of answers that may wait for one link; one answer with peeked messages has up to 4 MB. */
const MAX_WAITING = 16 * 1024 * 1024;
/** What an answer costs beside its bytes. */
const OVERHEAD = 256;

/** A link that carries answers to a client. Answers wait for credit; a client that asks and asks and grants none loses the link. */
export class Responses implements MessageSource {
  private waiting: Buffer[] = [];
  private bytes = 0;
  private next = 0;

  constructor(private readonly link: OutgoingLink) {}

  send(response: Buffer): void {
    this.waiting.push(response);
    this.bytes += response.length + OVERHEAD;
    this.ready();
    if (this.bytes > MAX_WAITING)
      this.link.close(new AmqpError('amqp:resource-limit-exceeded', 'Too many answers wait for credit.'));
  }

  ready(): void {
    while (this.link.credit > 0) {
      const response = this.waiting.shift();
      if (!response) return;
      this.bytes -= response.length + OVERHEAD;
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
    this.bytes = 0;
  }
}
