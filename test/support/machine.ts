import { InvocationContext } from '@azure/functions';
import { randomUUID } from 'node:crypto';
import { acceptPurchase, type AcceptDeps } from '#functions/intake/accept-purchase';
import { cartStage } from '#functions/cart/cart.stage';
import { checkoutStage } from '#functions/checkout/checkout.stage';
import { discoveryStage } from '#functions/discovery/discovery.stage';
import { enablementStage } from '#functions/enablement/enablement.stage';
import { inventoryStage } from '#functions/inventory/inventory.stage';
import { receiveDeadLetter } from '#functions/operators/receive-dead-letter';
import { trackingStage } from '#functions/tracking/tracking.stage';
import { cloudEvent, type CloudEvent } from '#shared/domain/cloud-event';
import type { Transport } from '#shared/partner-center/http/transport';
import type { Purchase, StageName } from '#shared/domain/purchase';
import type { PurchaseRequest } from '#shared/domain/purchase-request';
import { createCatalogueCache, type CatalogueCache } from '#shared/pipeline/catalogue-cache';
import { createPossibleDuplicates } from '#shared/pipeline/possible-duplicates';
import { pipelineQueues, queueOf } from '#shared/pipeline/messages';
import type { PipelineSettings } from '#shared/pipeline/settings';
import { createPurchaseStore, type PurchaseStore, type StoredPurchase } from '#shared/pipeline/purchase-store';
import { runStage, type StageDeps } from '#shared/pipeline/run-stage';
import type { Stage } from '#shared/pipeline/stage';
import type { HistoryEntry } from '#shared/pipeline/transition';
import { hasWaited, waitOutOutages, type OutageDeps } from '#shared/pipeline/wait-out-outage';
import { runWatchdog } from '#shared/pipeline/watchdog';
import { Absence } from './absence';
import { aRequester } from './builders';
import { Bug, type BugPlace } from './bug';
import { Crash, Crashes, type CrashPoint, type Interruption } from './crashes';
import { LateEffect } from './late-effect';
import { LateOrders } from './late-orders';
import { deadLetterOf, memoryTable, MemoryBus, type Delivery } from './memory';
import type { TestSandbox } from './sandbox';

const stages: Stage[] = [enablementStage, discoveryStage, inventoryStage, cartStage, checkoutStage, trackingStage];

export const settings: PipelineSettings = {
  checkoutTimeoutSeconds: 180,
  trackingIntervalsSeconds: [15, 30, 60],
  outagePausesSeconds: [5, 10, 20, 40, 80, 160, 300],
  trackProvisioning: true,
  stageTimeoutSeconds: 24 * 60 * 60,
  watchdogSeconds: 600,
  catalogueSeconds: 3600,
  perpetualSoftwareQualified: true,
  requesterLimits: new Map(),
};

const LOCK_SECONDS = 30;

/** What a machine does besides working: dying, failing, losing messages, delivering at once. */
export interface Mishaps {
  crashes?: CrashPoint[];
  interruption?: Interruption;
  /** Something of ours throws what nobody expects, the first so many times. */
  bug?: BugPlace;
  /** The n-th delivered message vanishes before anybody handled it; only the watchdog can help. */
  vanishing?: number;
  /** Every message is handled by two workers at the same time. */
  isDoubled?: boolean;
  /** The first checkout is not answered; its effect comes after so many more deliveries. */
  lateCheckout?: number;
  /** What the first checkout leaves in progress is ordered so many seconds later, when every fault is over. */
  lateOrderSeconds?: number;
  /** What earlier purchases left in the process's cache of the catalogue; nothing without it. */
  cache?: CatalogueCache;
  /** Turns the guard against possible duplicates on. */
  possibleDuplicateHours?: number;
  settings?: Partial<PipelineSettings>;
}

/** What came of a purchase. */
export interface Ending {
  stored: StoredPurchase;
  history: HistoryEntry[];
  events: CloudEvent[];
  /** How many effects there were, crashed ones included. */
  effects: number;
  /** How often a message was delivered again. */
  redeliveries: number;
  /** How often the watchdog had to bring the next step back: never, unless its message was lost. */
  rescues: number;
  /** What was thrown besides deaths, each once. */
  bugs: string[];
}

/**
 * The pipeline without a host: the real stages and runner, the real client against the real sandbox, a table and a bus in
 * memory, and a clock that jumps to the next due message. It can die at any effect; the broker then delivers again, and
 * hands over what it gives up in the end as a dead letter.
 */
export class Machine {
  readonly bus: MemoryBus;
  readonly events = new Map<string, CloudEvent>();
  /** What the stages and the operator's functions work with. */
  readonly deps: StageDeps & OutageDeps & Pick<AcceptDeps, 'possibleDuplicates'> & { purchases: PurchaseStore };
  /** Takes the table or the bus away for a while. */
  readonly absence: Absence;
  readonly #crashes: Crashes;
  readonly #mishaps: Mishaps;
  readonly #sandbox: TestSandbox;
  readonly #late: LateEffect;
  readonly #lateOrders: LateOrders | undefined;
  readonly #bug: Bug;
  readonly #thrown = new Set<string>();
  #redeliveries = 0;
  #rescues = 0;
  #deliveries = 0;
  /** Deliveries since the checkout's message was taken. */
  #sinceCheckout: number | undefined;

  constructor(sandbox: TestSandbox, mishaps: Mishaps = {}) {
    this.#sandbox = sandbox;
    this.#mishaps = mishaps;
    this.#crashes = new Crashes(mishaps.crashes ?? [], mishaps.interruption);
    this.#late = new LateEffect(sandbox.partnerCenter);
    this.#lateOrders =
      mishaps.lateOrderSeconds === undefined ? undefined : new LateOrders(sandbox, mishaps.lateOrderSeconds);
    this.#bug = new Bug(mishaps.bug);
    this.bus = new MemoryBus(() => sandbox.now());
    this.absence = new Absence(() => sandbox.now());
    const table = this.#crashes.table(this.absence.table(memoryTable()));
    this.deps = {
      bus: this.#bug.bus(this.#crashes.bus(this.absence.bus(this.bus))),
      purchases: createPurchaseStore(table),
      possibleDuplicates:
        mishaps.possibleDuplicateHours === undefined
          ? undefined
          : createPossibleDuplicates(table, mishaps.possibleDuplicateHours),
      partnerCenter: this.#crashes.transport(this.#partnerCenter()),
      cache: mishaps.cache ?? createCatalogueCache(3600),
      settings: { ...settings, ...mishaps.settings },
      log: () => undefined,
      now: () => sandbox.now(),
      newId: randomUUID,
      pause: (seconds) => sandbox.advance(seconds),
    };
  }

  /** Takes a request in as often as it takes to get an answer, as a CRM does, and runs until nothing is left to do. */
  async buy(request: PurchaseRequest): Promise<Ending> {
    return this.run(await this.accept(request));
  }

  /** Takes a request in and does nothing more. Answers the purchase's id. */
  async accept(request: PurchaseRequest, requestId: string = randomUUID()): Promise<string> {
    const { purchaseId } = await this.untilAnswered(() => acceptPurchase(aRequester(), requestId, request, this.deps));
    return purchaseId;
  }

  /** Asks the dying process for something as often as it takes to get an answer, as a caller or an operator does. */
  async untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof Crash)) throw error;
      }
    }
  }

  /** Runs until nothing is left to do. */
  async run(purchaseId: string): Promise<Ending> {
    await this.#drain();
    return this.look(purchaseId);
  }

  /** Delivers messages until one for that queue is next. */
  async runUntil(queue: string): Promise<void> {
    for (;;) {
      const next = this.bus.peekNext();
      if (!next || next.entity === queue) return;
      await this.#deliverNext();
    }
  }

  /** Delivers messages until a purchase is at that stage, whatever of it was told so far. */
  async runUntilAt(purchaseId: string, stage: StageName): Promise<void> {
    return this.runUntilSo(purchaseId, (purchase) => purchase.stage === stage);
  }

  /** Delivers messages until something is so of a purchase, or nothing is left to do. */
  async runUntilSo(purchaseId: string, isSo: (purchase: Purchase) => boolean): Promise<void> {
    for (;;) {
      const stored = await this.deps.purchases.read(purchaseId);
      if ((stored && isSo(stored.purchase)) || !(await this.#deliverNext())) return;
    }
  }

  async look(purchaseId: string): Promise<Ending> {
    const found = await this.deps.purchases.readHistory(purchaseId);
    if (!found) throw new Error(`Purchase ${purchaseId} is lost.`);
    return {
      ...found,
      events: [...this.events.values()].filter(({ partitionkey }) => partitionkey === purchaseId),
      effects: this.#crashes.count,
      redeliveries: this.#redeliveries,
      rescues: this.#rescues,
      bugs: [...this.#thrown],
    };
  }

  async #drain(): Promise<void> {
    for (let deliveries = 0; deliveries < 300; deliveries++) {
      if (await this.#deliverNext()) continue;
      if (this.#lateOrders?.dueAt === undefined) return this.#late.strike();
      await this.#waitUntil(this.#lateOrders.dueAt);
    }
    throw new Error('The pipeline does not come to rest.');
  }

  async #deliverNext(): Promise<boolean> {
    const next = this.bus.takeNext();
    if (!next) return false;
    await this.#waitUntil(Math.max(next.notBefore, this.absence.noDeliveryBefore()));
    if (next.entity !== 'order-events' && ++this.#deliveries === this.#mishaps.vanishing) return true;
    if (next.entity === 'purchase-checkout') this.#sinceCheckout ??= 0;
    const workers = this.#mishaps.isDoubled ? 2 : 1;
    await Promise.all(Array.from({ length: workers }, () => this.#deliver(next)));
    if (this.#sinceCheckout !== undefined && this.#sinceCheckout++ === this.#mishaps.lateCheckout)
      await this.#late.strike();
    return true;
  }

  #partnerCenter(): Transport {
    if (this.#mishaps.lateCheckout !== undefined) return this.#late.transport();
    return this.#lateOrders?.transport(this.#sandbox.partnerCenter) ?? this.#sandbox.partnerCenter;
  }

  async #waitUntil(time: number): Promise<void> {
    const due = this.#lateOrders?.dueAt;
    if (due !== undefined && due <= time) {
      await this.#advanceTo(due);
      await this.#lateOrders?.strike();
    }
    await this.#advanceTo(time);
  }

  async #advanceTo(time: number): Promise<void> {
    const seconds = Math.ceil((time - this.#sandbox.now().getTime()) / 1000);
    if (seconds > 0) await this.#sandbox.advance(seconds);
  }

  /**
   * A worker that dies keeps its lock until it is over; others go on meanwhile. One that throws gives the message back at
   * once. The broker counts the deliveries either way.
   */
  async #deliver(delivery: Delivery): Promise<void> {
    const { entity, body, messageId } = delivery;
    if (entity === 'order-events') return this.#receive(cloudEvent.parse(body));
    // For operators; `bus.sent` has it.
    if (entity === 'unprocessable-messages') return;
    const handle = this.#handlerOf(delivery);
    // The watchdog's own copy of a message: a rescue if there was still something for it to do.
    const [purchaseId = ''] = messageId.includes('/tick/') ? messageId.split('/') : [];
    const before = await this.#versionOf(purchaseId);
    try {
      await handle();
      if ((await this.#versionOf(purchaseId)) !== before) this.#rescues++;
    } catch (error) {
      this.#redeliveries++;
      const hasDied = error instanceof Crash;
      if (!hasDied) this.#thrown.add(String(error));
      this.bus.giveBack(delivery, new Date(this.#sandbox.now().getTime() + (hasDied ? LOCK_SECONDS * 1000 : 0)));
    }
  }

  async #versionOf(purchaseId: string): Promise<number | undefined> {
    return purchaseId === '' ? undefined : (await this.look(purchaseId)).stored.purchase.version;
  }

  #receive(event: CloudEvent): void {
    this.events.set(event.id, event);
  }

  #handlerOf(delivery: Delivery): () => Promise<void> {
    const { entity, messageId, body, count, properties } = delivery;
    const context = new InvocationContext({ triggerMetadata: { messageId, applicationProperties: properties } });
    if (entity === 'purchase-watchdog')
      return () => waitOutOutages(entity, runWatchdog(this.deps), this.deps)(body, context);
    const dead = pipelineQueues.find((queue) => entity === `${queue}/$deadletterqueue`);
    if (dead) {
      return () => receiveDeadLetter(dead, this.deps)(deadLetterOf(delivery));
    }
    const stage = stages.find(({ name }) => queueOf[name] === entity);
    if (!stage) throw new Error(`Nobody reads ${entity}.`);
    const run = runStage(this.#bug.stage(stage), this.deps);
    const handler = (content: unknown) => run(content, count > 1 || hasWaited(context));
    return () => waitOutOutages(queueOf[stage.name], handler, this.deps)(body, context);
  }
}
