import { randomUUID } from 'node:crypto';
import type { Transport } from '#shared/partner-center/http/transport';
import type { TestSandbox } from './sandbox';

/**
 * Orders that a checkout left "in progress": the sandbox's faults refuse their groups, and so many seconds after the first
 * checkout Partner Center makes them after all, whoever asks or does not.
 */
export class LateOrders {
  readonly #sandbox: TestSandbox;
  readonly #seconds: number;
  #finish: (() => Promise<unknown>) | undefined;
  /** Milliseconds since 1970; undefined before the first checkout, and when the orders are made. */
  dueAt: number | undefined;

  constructor(sandbox: TestSandbox, seconds: number) {
    this.#sandbox = sandbox;
    this.#seconds = seconds;
  }

  transport(transport: Transport): Transport {
    return {
      send: async (request, call) => {
        if (request.path.endsWith('/checkout') && this.#finish === undefined) {
          this.#finish = () => transport.send(request, { ...call, requestId: randomUUID() });
          this.dueAt = this.#sandbox.now().getTime() + this.#seconds * 1000;
        }
        return transport.send(request, call);
      },
      download: (request, call) => transport.download(request, call),
    };
  }

  /** Makes the orders. */
  async strike(): Promise<void> {
    this.dueAt = undefined;
    await this.#sandbox.clearFaults();
    await this.#finish?.();
  }
}
