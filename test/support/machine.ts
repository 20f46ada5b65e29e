import { randomUUID } from 'node:crypto';
import { acceptPurchase } from '#functions/intake/accept-purchase';
import { createCart } from '#functions/cart/create-cart';
import { checkoutCart } from '#functions/checkout/checkout-cart';
import { discoverOffers } from '#functions/discovery/discover-offers';
import { enableSubscriptions } from '#functions/enablement/enable-subscriptions';
import { checkInventory } from '#functions/inventory/check-inventory';
import { followOrders } from '#functions/tracking/follow-orders';
import { orderEvent, type OrderEvent } from '#shared/domain/order-event';
import type { PurchaseRequest } from '#shared/domain/purchase-request';
import { createCatalogueCache } from '#shared/pipeline/catalogue-cache';
import { queueOf } from '#shared/pipeline/message';
import type { Policy } from '#shared/pipeline/policy';
import { createPurchases, type StoredPurchase } from '#shared/pipeline/purchases';
import { stageRunner, type Stage, type StageDeps } from '#shared/pipeline/stage';
import type { HistoryEntry } from '#shared/pipeline/transition';
import { purchaseWatch } from '#shared/pipeline/watch';
import { aSource } from './builders';
import { Crash, Crashes, type CrashPoint } from './crashes';
import { memoryTable, MemoryBus, type Delivery } from './memory';
import type { TestSandbox } from './sandbox';

const stages: Stage[] = [enableSubscriptions, discoverOffers, checkInventory, createCart, checkoutCart, followOrders];

export const policy: Policy = {
  checkoutTimeoutSeconds: 180,
  trackingIntervalsSeconds: [15, 30, 60],
  patienceSeconds: 24 * 60 * 60,
  watchSeconds: 600,
  catalogueSeconds: 3600,
  perpetualSoftwareQualified: true,
  sourceLimits: new Map(),
};

/** What came of a purchase. */
export interface Ending {
  stored: StoredPurchase;
  history: HistoryEntry[];
  events: OrderEvent[];
  /** How many effects there were, crashed ones included. */
  effects: number;
  /** How often a message was delivered again. */
  redeliveries: number;
}

/**
 * The pipeline without a host: the real stages and runner, the real client against the real sandbox, a table and a bus in
 * memory, and a clock that jumps to the next due message. It can die at any effect; the broker then delivers again.
 */
export class Machine {
  readonly bus = new MemoryBus();
  readonly events = new Map<string, OrderEvent>();
  readonly #crashes: Crashes;
  readonly #deps: StageDeps;
  readonly #sandbox: TestSandbox;
  #redeliveries = 0;

  constructor(sandbox: TestSandbox, points: CrashPoint[] = [], changes: Partial<Policy> = {}) {
    this.#sandbox = sandbox;
    this.#crashes = new Crashes(points);
    this.#deps = {
      bus: this.#crashes.bus(this.bus),
      purchases: createPurchases(this.#crashes.table(memoryTable())),
      partnerCenter: this.#crashes.transport(sandbox.partnerCenter),
      cache: createCatalogueCache(3600),
      policy: { ...policy, ...changes },
      log: () => undefined,
      now: () => sandbox.now(),
      newId: randomUUID,
    };
  }

  /** Takes a request in as often as it takes to get an answer, as a CRM does, and runs until nothing is left to do. */
  async buy(request: PurchaseRequest): Promise<Ending> {
    const requestId = randomUUID();
    const accept = () => acceptPurchase(aSource(), requestId, request, this.#deps);
    const { purchaseId } = await this.#untilAnswered(accept);
    await this.#drain();
    const found = await this.#deps.purchases.readHistory(purchaseId);
    if (!found) throw new Error(`Purchase ${purchaseId} is lost.`);
    return {
      ...found,
      events: [...this.events.values()],
      effects: this.#crashes.count,
      redeliveries: this.#redeliveries,
    };
  }

  async #untilAnswered<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      }
    }
  }

  async #drain(): Promise<void> {
    for (let deliveries = 0; deliveries < 200; deliveries++) {
      const next = this.bus.takeNext();
      if (!next) return;
      await this.#waitUntil(next.notBefore);
      await this.#deliver(next);
    }
    throw new Error('The pipeline does not come to rest.');
  }

  async #waitUntil(time: number): Promise<void> {
    const seconds = Math.ceil((time - this.#sandbox.now().getTime()) / 1000);
    if (seconds > 0) await this.#sandbox.advance(seconds);
  }

  async #deliver({ entity, body }: Delivery): Promise<void> {
    if (entity === 'order-events') return this.#receive(orderEvent.parse(body));
    const handle = this.#handlerOf(entity);
    for (let redelivered = false; ; redelivered = true) {
      try {
        return await handle(body, redelivered);
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
        this.#redeliveries++;
      }
    }
  }

  #receive(event: OrderEvent): void {
    this.events.set(event.id, event);
  }

  #handlerOf(entity: string): (body: unknown, redelivered: boolean) => Promise<void> {
    if (entity === 'purchase-watch') return purchaseWatch(this.#deps);
    const stage = stages.find(({ name }) => queueOf[name] === entity);
    if (!stage) throw new Error(`Nobody reads ${entity}.`);
    return stageRunner(stage, this.#deps);
  }
}
