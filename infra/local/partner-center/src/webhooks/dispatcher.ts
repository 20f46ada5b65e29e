import { setTimeout as wait } from 'node:timers/promises';
import type { FaultOf } from '#model/fault';
import { wireTime } from '#wire/time';
import type { Delivery, WebhookRegistration } from '#store/records';
import type { SandboxContext } from '#model/sandbox-context';
import { registrationKey } from './announce';

const attempts = 10;
const pollMs = 100;
const mostAtOnce = 8;
const troubleMs = 500;

/** What came of sending: the receiver's status, or 0 when there was none. */
interface Result {
  readonly status: number;
  readonly message: string;
}

/** Sends due events to the registered address: ten attempts, then never again (page "partner-center-webhooks"). */
export class Dispatcher {
  private readonly sending = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly context: SandboxContext,
    /** Where this sandbox is reached: `http://127.0.0.1:port`. */
    private readonly baseUrl: string,
    private readonly certificateUrl: string,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.sendDue(), pollMs);
    this.timer.unref();
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }

  private sendDue(): void {
    const { store, clock } = this.context;
    const registration = store.webhooks.get(registrationKey);
    if (!registration) return;
    for (const delivery of store.deliveries.all()) {
      if (this.sending.size >= mostAtOnce) return;
      if (delivery.status !== 'pending' || delivery.dueAt > clock.now() || this.sending.has(delivery.id)) continue;
      this.sending.add(delivery.id);
      void this.deliver(delivery, registration).finally(() => this.sending.delete(delivery.id));
    }
  }

  /** One attempt. When what came of it cannot be written (a full disk), writing is tried again, not sending. */
  private async deliver(delivery: Delivery, registration: WebhookRegistration): Promise<void> {
    let result: Result | undefined;
    while (!this.stopped) {
      try {
        result ??= await this.attempt(delivery, registration);
        this.settle(delivery, result);
        return;
      } catch (error) {
        console.error(`What came of the event ${delivery.id} could not be written:`, error);
        await wait(troubleMs, undefined, { ref: false });
      }
    }
  }

  private async attempt(delivery: Delivery, registration: WebhookRegistration): Promise<Result> {
    const fault = this.context.faults.webhook(delivery.eventName);
    if (fault?.how === 'late') await wait(fault.seconds * 1000, undefined, { ref: false });
    const result = fault?.how === 'lost' ? lost : await this.post(delivery, registration, fault);
    if (fault?.how === 'twice') await this.post(delivery, registration, fault);
    return result;
  }

  private settle(delivery: Delivery, result: Result): void {
    const { store, clock, settings } = this.context;
    // A reset may have emptied the store in the meantime.
    if (!store.deliveries.get(delivery.id)) return;
    const at = clock.now();
    const done = result.status >= 200 && result.status < 300;
    const outcome = {
      responseCode: `${result.status}`,
      responseMessage: result.message,
      systemError: result.status === 0,
      at,
    };
    const results = [...delivery.results, outcome];
    const status = done ? 'completed' : results.length >= attempts ? 'offline' : 'pending';
    const dueAt = at + settings.webhookRetrySeconds * 1000;
    store.deliveries.put(delivery.id, { ...delivery, results, status, dueAt });
    // Only validation events can be looked up later.
    if (done && delivery.eventName !== 'test-created') store.deliveries.delete(delivery.id);
    store.commit();
  }

  private async post(
    delivery: Delivery,
    registration: WebhookRegistration,
    fault: FaultOf<'webhook'> | undefined,
  ): Promise<Result> {
    const body = Buffer.from(JSON.stringify(eventBody(delivery, this.baseUrl)));
    const signed = fault?.how === 'bad-signature' ? Buffer.from('something else') : body;
    const signature = `Signature ${this.context.certificates.signature(signed)}`;
    try {
      const response = await fetch(registration.url, {
        method: 'POST',
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(10_000),
        headers: {
          'Content-Type': 'application/json',
          [registration.msSignatureHeader ? 'x-ms-signature' : 'Authorization']: signature,
          'X-MS-Certificate-Url': this.certificateUrl,
          'X-MS-Signature-Algorithm': 'rsa-sha256',
        },
      });
      await response.body?.cancel();
      return { status: response.status, message: response.statusText };
    } catch (error) {
      // A receiver that is not there is an outcome, reported in the validation event.
      return { status: 0, message: error instanceof Error ? error.message : `${error}` };
    }
  }
}

const lost: Result = { status: 0, message: 'A fault that was asked for.' };

/** Only a pointer, in PascalCase (page "partner-center-webhook-events"). */
const eventBody = (delivery: Delivery, baseUrl: string): object => ({
  EventName: delivery.eventName,
  ResourceUri: `${baseUrl}${delivery.resourceUri}`,
  ResourceName: delivery.eventName.split('-')[0],
  AuditUri: null,
  ResourceChangeUtcDate: wireTime(delivery.changedAt).replace('Z', '+00:00'),
});
