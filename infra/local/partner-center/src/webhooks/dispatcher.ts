import { setTimeout as wait } from 'node:timers/promises';
import type { SandboxContext } from '#model/sandbox-context';
import type { Delivery, WebhookRegistration } from '#store/records';
import { REGISTRATION_KEY } from './announce';
import { type Attempt, sendEvent, type Sender } from './send-event';

const MOST_ATTEMPTS = 10;
const MOST_AT_ONCE = 8;

/** How often the dispatcher looks for events, in milliseconds. */
export interface DispatcherPace {
  readonly pollMs: number;
  /** Pause before a result that could not be written is written again. */
  readonly rewriteMs: number;
}

/** Sends due events to the registered address: ten attempts, then no more (page "partner-center-webhooks"). */
export class Dispatcher {
  readonly #context: SandboxContext;
  readonly #sender: Sender;
  readonly #pace: DispatcherPace;
  readonly #sending = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(context: SandboxContext, sender: Sender, pace: DispatcherPace) {
    this.#context = context;
    this.#sender = sender;
    this.#pace = pace;
  }

  start(): void {
    this.#timer = setInterval(() => this.#sendDue(), this.#pace.pollMs);
    this.#timer.unref();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  #sendDue(): void {
    const { store, clock } = this.#context;
    const registration = store.webhooks.get(REGISTRATION_KEY);
    if (!registration) return;
    for (const delivery of store.deliveries.all()) {
      if (this.#sending.size >= MOST_AT_ONCE) return;
      if (delivery.status !== 'pending' || delivery.dueAt > clock.now() || this.#sending.has(delivery.id)) continue;
      this.#sending.add(delivery.id);
      void this.#deliver(delivery, registration).finally(() => this.#sending.delete(delivery.id));
    }
  }

  /** One attempt. When its result cannot be written (a full disk), only the writing is repeated, not the sending. */
  async #deliver(delivery: Delivery, registration: WebhookRegistration): Promise<void> {
    let attempt: Attempt | undefined;
    while (!this.#stopped) {
      try {
        attempt ??= await this.#attempt(delivery, registration);
        this.#record(delivery, attempt);
        return;
      } catch (error) {
        console.error(`The delivery of the event ${delivery.id} could not be written:`, error);
        await wait(this.#pace.rewriteMs, undefined, { ref: false });
      }
    }
  }

  async #attempt(delivery: Delivery, registration: WebhookRegistration): Promise<Attempt> {
    const fault = this.#context.faults.webhook(delivery.eventName);
    const send = (): Promise<Attempt> =>
      sendEvent(delivery, registration, this.#sender, { badSignature: fault?.how === 'bad-signature' });
    if (fault?.how === 'late') await this.#context.clock.pause(fault.seconds);
    if (fault?.how === 'lost') return { status: 0, message: 'A fault that was asked for.' };
    const attempt = await send();
    if (fault?.how === 'twice') await send();
    return attempt;
  }

  #record(delivery: Delivery, attempt: Attempt): void {
    const { store, clock, settings } = this.#context;
    // A reset may have emptied the store in the meantime.
    if (!store.deliveries.get(delivery.id)) return;
    const at = clock.now();
    const isDelivered = attempt.status >= 200 && attempt.status < 300;
    const result = {
      responseCode: `${attempt.status}`,
      responseMessage: attempt.message,
      systemError: attempt.status === 0,
      at,
    };
    const results = [...delivery.results, result];
    const status = isDelivered ? 'completed' : results.length >= MOST_ATTEMPTS ? 'offline' : 'pending';
    const dueAt = at + settings.webhookRetrySeconds * 1000;
    store.deliveries.put(delivery.id, { ...delivery, results, status, dueAt });
    // Only validation events can be looked up later.
    if (isDelivered && delivery.eventName !== 'test-created') store.deliveries.delete(delivery.id);
    store.commit();
  }
}
