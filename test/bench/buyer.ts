import { randomUUID } from 'node:crypto';
import { ServiceBusClient } from '@azure/service-bus';
import { z } from 'zod';
import { postPurchase, readPurchase, type Caller, type PurchaseView } from '@cartage/stack/client';
import { developmentRequesters } from '@cartage/stack/settings';
import type { Stack } from '@cartage/stack/stack';
import { purchaseIdOf } from '#shared/domain/ids';

const ending = z.object({ type: z.literal('cartage.purchase.completed.v1'), subject: z.string() });

/** A finished purchase, and the milliseconds from its request to its last event at the subscriber. */
export interface Bought {
  purchaseId: string;
  milliseconds: number;
}

/** A CRM that posts purchases and waits for the event that ends each. */
export class Buyer {
  readonly #caller: Caller;
  readonly #waiting = new Map<string, () => void>();
  readonly #bus: ServiceBusClient;

  constructor(stack: Stack) {
    const { signingSecret, readKey } = developmentRequesters.crm;
    this.#caller = { functionsUrl: stack.functionsUrl, signingSecret, readKey };
    this.#bus = new ServiceBusClient(stack.serviceBusConnection);
    const receiver = this.#bus.createReceiver('order-events', 'crm', { receiveMode: 'receiveAndDelete' });
    receiver.subscribe(
      {
        processMessage: async ({ body }) => {
          const end = ending.safeParse(body);
          if (end.success) this.#waiting.get(end.data.subject)?.();
        },
        processError: async ({ error }) => console.error(error.message),
      },
      { maxConcurrentCalls: 64 },
    );
  }

  async buy(body: string): Promise<Bought> {
    const requestId = randomUUID();
    const purchaseId = purchaseIdOf(developmentRequesters.crm.id, requestId);
    const ended = new Promise<void>((resolve) => this.#waiting.set(purchaseId, resolve));
    const started = performance.now();
    const answer = await postPurchase(this.#caller, requestId, body);
    if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${await answer.text()}`);
    await ended;
    this.#waiting.delete(purchaseId);
    return { purchaseId, milliseconds: performance.now() - started };
  }

  /** Buys `count` times, always `inFlight` at once. */
  async buyMany(body: string, count: number, inFlight: number): Promise<Bought[]> {
    const bought: Bought[] = [];
    let left = count;
    const worker = async () => {
      while (left-- > 0) bought.push(await this.buy(body));
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
    return bought;
  }

  async view(purchaseId: string): Promise<PurchaseView> {
    const view = await readPurchase(this.#caller, purchaseId);
    if (!view) throw new Error(`purchase ${purchaseId} is gone`);
    return view;
  }

  close(): Promise<void> {
    return this.#bus.close();
  }
}
