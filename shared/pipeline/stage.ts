import type { Purchase, PurchaseChanges, StageName } from '#shared/domain/purchase';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import type { CatalogueCache } from './catalogue-cache';
import type { Outcome } from './outcome';
import type { PipelineSettings } from './settings';
import type { NextStage } from './state-machine';

/** How the stage of this name can end: a next stage that the state machine does not know of does not compile. */
export type StageOutcome<Name extends StageName> = Outcome<NextStage<Name>>;

/** One step of the pipeline: it asks Partner Center, decides, and returns how it ended. It knows no queues, retries or tables. */
export interface Stage<Name extends StageName = StageName> {
  readonly name: Name;
  run(purchase: Purchase, context: StageContext): Promise<StageOutcome<Name>>;
}

/** Everything a stage may touch besides its purchase. */
export interface StageContext {
  readonly partnerCenter: Transport;
  readonly settings: PipelineSettings;
  readonly cache: CatalogueCache;
  now(): Date;
  /** The ids for a call without effect: a request id of its own each time. */
  read(): Call;
  /**
   * Makes a call with an effect. Its MS-RequestId depends on the purchase, the operation and how many such requests were
   * answered: the same until an answer came, a new one after it (page "Partner Center REST headers").
   */
  effect<T>(operation: string, request: (call: Call) => Promise<T>, options?: EffectOptions<T>): Promise<T>;
  /** How many requests of this operation were answered so far. */
  answersTo(operation: string): number;
  /** Every request of this operation is known to be over without an effect, answered or not: the next one is a new one. */
  closeOperation(operation: string): void;
  /** Notes that an order is this purchase's. False when another purchase was first. */
  claimOrder(orderId: string): Promise<boolean>;
  /** The purchase that an order belongs to, where one has claimed it. */
  claimantOf(orderId: string): Promise<string | undefined>;
  /**
   * Writes what the stage is about to do before it does it, and so proves that its snapshot was fresh.
   * Throws `Overtaken` when it was not.
   */
  intend(changes: Omit<PurchaseChanges, 'orders'>, note: string): Promise<void>;
}

/** What is particular about a call with an effect. */
export interface EffectOptions<T> {
  /**
   * An earlier request of this operation has lost its answer: an error now says nothing about that one, so it does not count
   * as its answer.
   */
  readonly previousOutcomeUnknown?: boolean;
  /** Whether a success says what became of the request; without it every success does. */
  isAnswer?: (answer: T) => boolean;
}

/** Somebody else has written the purchase meanwhile: what this stage believes is no longer so. */
export class Overtaken extends Error {
  override name = 'Overtaken';
}
