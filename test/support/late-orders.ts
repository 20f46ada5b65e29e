import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Transport } from '#shared/partner-center/http/transport';
import type { TestSandbox } from './sandbox';

const made = z.looseObject({ expirationTimestamp: z.string() });
const BEFORE_THE_END_MS = 2000;

/**
 * Orders that a checkout left "in progress": the sandbox's faults refuse their groups, and so many seconds after the first
 * checkout, but before the cart ends, Partner Center makes them after all, whoever asks or does not.
 */
export class LateOrders {
  readonly #sandbox: TestSandbox;
  readonly #seconds: number;
  #finish: (() => Promise<unknown>) | undefined;
  /** Milliseconds since 1970. */
  #cartEndsAt = Infinity;
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
          this.#finish = () => this.#sandbox.elsewhere.send(request, { ...call, requestId: randomUUID() });
          const dueAt = this.#sandbox.now().getTime() + this.#seconds * 1000;
          this.dueAt = Math.min(dueAt, this.#cartEndsAt - BEFORE_THE_END_MS);
        }
        const answer = await transport.send(request, call);
        if (request.operation === 'create cart') {
          this.#cartEndsAt = Date.parse(made.parse(answer.body).expirationTimestamp);
        }
        return answer;
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
