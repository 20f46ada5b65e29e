import { PartnerCenterError } from '#shared/partner-center/errors/partner-center-error';
import type { Transport } from '#shared/partner-center/http/transport';

/**
 * A transport whose first checkout gets no answer, and whose effect comes later: the client has given up, the service has
 * not. `strike` lets the effect come.
 */
export class LateEffect {
  readonly #transport: Transport;
  #late: (() => Promise<unknown>) | undefined;
  #isSpent = false;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  transport(): Transport {
    return {
      send: async (request, call) => {
        if (this.#isSpent || !request.path.endsWith('/checkout')) return this.#transport.send(request, call);
        this.#isSpent = true;
        this.#late = () => this.#transport.send(request, call);
        throw new PartnerCenterError({
          operation: request.operation,
          requestId: call.requestId,
          correlationId: call.correlationId,
          code: 'timeout',
          remedy: 'verify',
          outcomeKnown: false,
          advice: 'There was no whole answer in time.',
        });
      },
      download: (request, call) => this.#transport.download(request, call),
    };
  }

  /** The service does what it was asked for; that nobody hears its answer any more is the point. */
  async strike(): Promise<void> {
    const late = this.#late;
    this.#late = undefined;
    await late?.().catch((error: unknown) => {
      if (!(error instanceof PartnerCenterError)) throw error;
    });
  }
}
