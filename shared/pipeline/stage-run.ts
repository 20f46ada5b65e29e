import type { Purchase, PurchaseChanges } from '#shared/domain/purchase';
import { uuidV5 } from '#shared/domain/ids';
import { PartnerCenterError } from '#shared/partner-center/errors/partner-center-error';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import type { CatalogueCache } from './catalogue-cache';
import type { PurchaseStore } from './purchase-store';
import type { PipelineSettings } from './settings';
import { Overtaken, type EffectOptions, type StageContext } from './stage';
import { intention } from './transition';

/**
 * Whether Partner Center took a request in and said no, with a code of its own. A call that never got there, was turned
 * away at the gate (token, throttling), or was answered by something in between, says nothing of an earlier one with the
 * same id, whose effect may still come.
 */
export function isAnswer(error: unknown): boolean {
  if (!(error instanceof PartnerCenterError) || error.status === undefined || !error.outcomeKnown) return false;
  const isGate = error.status < 400 ? error.status !== 200 : error.status === 401 || error.status === 429;
  const hasCode = error.code !== undefined && /^\d+$/.test(error.code);
  return !isGate && hasCode && ['reject', 'hold', 'refresh-catalogue'].includes(error.remedy);
}

/** What a run of a stage needs from outside. */
export interface StageRunDeps {
  readonly partnerCenter: Transport;
  readonly settings: PipelineSettings;
  readonly cache: CatalogueCache;
  readonly purchases: PurchaseStore;
  now(): Date;
  newId(): string;
}

/** One run of a stage: its context, and the purchase as it was last written. */
export class StageRun implements StageContext {
  readonly partnerCenter: Transport;
  readonly settings: PipelineSettings;
  readonly cache: CatalogueCache;
  readonly #deps: StageRunDeps;
  #purchase: Purchase;
  #etag: string;
  #answers: Purchase['answersByOperation'];
  #wasUndone = false;

  constructor(deps: StageRunDeps, purchase: Purchase, etag: string) {
    this.partnerCenter = deps.partnerCenter;
    this.settings = deps.settings;
    this.cache = deps.cache;
    this.#deps = deps;
    this.#purchase = purchase;
    this.#etag = etag;
    this.#answers = purchase.answersByOperation;
  }

  /** The purchase as it was last written. */
  get purchase(): Purchase {
    return this.#purchase;
  }
  get etag(): string {
    return this.#etag;
  }
  get answersByOperation(): Purchase['answersByOperation'] {
    return this.#answers;
  }

  /** Whether the last call with an effect failed in a way that shows that it had none. */
  get wasUndone(): boolean {
    return this.#wasUndone;
  }

  now(): Date {
    return this.#deps.now();
  }

  read(): Call {
    return { requestId: this.#deps.newId(), correlationId: this.#purchase.id };
  }

  async effect<T>(
    operation: string,
    request: (call: Call) => Promise<T>,
    { previousOutcomeUnknown = false, isAnswer: isWhole = () => true }: EffectOptions<T> = {},
  ): Promise<T> {
    const count = this.answersTo(operation);
    const call = { requestId: uuidV5(this.#purchase.id, `${operation}/${count}`), correlationId: this.#purchase.id };
    this.#wasUndone = false;
    try {
      const answer = await request(call);
      if (isWhole(answer)) this.#count(operation, count + 1);
      return answer;
    } catch (error) {
      this.#wasUndone = error instanceof PartnerCenterError && error.outcomeKnown;
      if (!previousOutcomeUnknown && isAnswer(error)) this.#count(operation, count + 1);
      throw error;
    }
  }

  answersTo(operation: string): number {
    return this.#answers[operation] ?? 0;
  }

  closeOperation(operation: string): void {
    this.#count(operation, this.answersTo(operation) + 1);
  }

  claimOrder(orderId: string): Promise<boolean> {
    return this.#deps.purchases.claimOrder(orderId, this.#purchase.id);
  }

  claimantOf(orderId: string): Promise<string | undefined> {
    return this.#deps.purchases.claimantOf(orderId);
  }

  #count(operation: string, answers: number): void {
    this.#answers = { ...this.#answers, [operation]: answers };
  }

  async intend(changes: Omit<PurchaseChanges, 'orders'>, note: string): Promise<void> {
    const circumstances = { now: this.now(), milliseconds: 0, answersByOperation: this.#answers };
    const written = intention(this.#purchase, changes, circumstances, note);
    const etag = await this.#deps.purchases.write(written, this.#etag);
    if (etag === undefined) throw new Overtaken(`Purchase ${this.#purchase.id} was written by somebody else.`);
    this.#purchase = written.purchase;
    this.#etag = etag;
  }
}
