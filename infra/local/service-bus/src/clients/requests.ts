import { AmqpError } from '#amqp/amqp-error';

/** How many are worked on at a time; an answer may hold 4 MB of peeked messages. */
const AT_ONCE = 16;
/** Bytes of requests that may wait. */
const MAX_WAITING = 4 * 1024 * 1024;
/** What a waiting request costs beside its bytes. */
const OVERHEAD = 256;

interface Waiting {
  readonly payload: Buffer;
  /** Fulfilled when the answer has left, never rejected. */
  readonly work: (payload: Buffer) => Promise<void>;
}

/** The requests of one client to `$cbs` and `$management`: a few are worked on until their answers have left, the others wait in line. */
export class Requests {
  readonly #waiting: Waiting[] = [];
  #bytes = 0;
  #running = 0;

  /** Adds a request. Throws AmqpError when too many wait, because the client does not take its answers. */
  add(payload: Buffer, work: Waiting['work']): void {
    this.#bytes += payload.length + OVERHEAD;
    if (this.#bytes > MAX_WAITING)
      throw new AmqpError('amqp:resource-limit-exceeded', 'too many requests whose answers are not taken');
    // A copy, because it may be a view of a much larger chunk.
    this.#waiting.push({ payload: Buffer.from(payload), work });
    this.#next();
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting.length = 0;
  }

  #next(): void {
    const request = this.#running < AT_ONCE ? this.#waiting.shift() : undefined;
    if (!request) return;
    this.#running++;
    this.#bytes -= request.payload.length + OVERHEAD;
    void request.work(request.payload).finally(() => {
      this.#running--;
      this.#next();
    });
  }
}
