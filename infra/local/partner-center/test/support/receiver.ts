import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { eventually } from '@cartage/stack/eventually';

/** A request as it came. */
interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of webhook events, which keeps what it receives. */
export class Receiver {
  readonly #server: Server;
  /** How often it has forgotten; a part of its address, so that what comes late for an earlier test isn't taken for this one's. */
  #generation = 0;
  received: Received[] = [];
  /** The statuses of the next answers; 200 when there are none. */
  answers: number[] = [];
  /** Called when an event has been received, before the answer. */
  onEvent: (() => void) | undefined;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#receive(request).finally(() => response.writeHead(this.answers.shift() ?? 200).end());
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The receiver has no port');
    return `http://127.0.0.1:${address.port}/hook/${this.#generation}`;
  }

  /** Forgets everything, and has another address from now on. */
  reset(): void {
    this.#generation += 1;
    this.received = [];
    this.answers = [];
    this.onEvent = undefined;
  }

  /** Waits until so many events have come. */
  async got(count: number): Promise<void> {
    await eventually(`${count} events are received`, () => this.received.length >= count);
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #receive(request: IncomingMessage): Promise<void> {
    const body = await text(request);
    if (request.url !== new URL(this.url).pathname) return;
    this.received.push({ headers: request.headers, body });
    this.onEvent?.();
  }
}
