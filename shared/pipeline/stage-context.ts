import type { Facts, Purchase } from '#shared/domain/purchase';
import { uuidV5 } from '#shared/domain/ids';
import { PartnerCenterError } from '#shared/partner-center/errors/errors';
import type { Call, Transport } from '#shared/partner-center/http/transport';
import type { Policy } from './error-policy';
import type { Purchases } from './purchase-store';
import type { CatalogueCache } from './catalogue-cache';
import { intention } from './transition';

/** Everything a stage may touch besides its purchase. */
export interface World {
  partnerCenter: Transport;
  policy: Policy;
  cache: CatalogueCache;
  now(): Date;
  /** For calls without effect: a request id of its own each time. */
  read(): Call;
  /**
   * Makes a call with an effect. Its MS-RequestId depends on the purchase, the purpose and how many such requests were
   * answered: the same until an answer came, a new one after it (page "Partner Center REST headers").
   *
   * @param isRepeat a request of this purpose was made whose answer is lost: an error now says nothing of that one, so it
   *   does not count as its answer
   */
  effect<T>(purpose: string, request: (call: Call) => Promise<T>, isRepeat?: boolean): Promise<T>;
  /** How many requests of this purpose were answered so far. */
  answered(purpose: string): number;
  /**
   * Writes what the stage is about to do before it does it, and so proves that its snapshot was fresh.
   * Throws `Overtaken` when it was not.
   */
  intend(facts: Partial<Facts>, note: string): Promise<void>;
}

/** Somebody else has written the purchase meanwhile: what this stage believes is no longer so. */
export class Overtaken extends Error {
  override name = 'Overtaken';
}

/**
 * Whether Partner Center took a request in and said no, with a code of its own. A call that never got there, was turned
 * away at the gate (token, throttling), or was answered by something in between, says nothing of an earlier one with the
 * same id, whose effect may still come.
 */
export function isAnswer(error: unknown): boolean {
  if (!(error instanceof PartnerCenterError) || error.status === undefined || !error.outcomeKnown) return false;
  const isGate = error.status < 400 ? error.status !== 200 : error.status === 401 || error.status === 429;
  const hasCode = error.code !== undefined && /^\d+$/.test(error.code);
  return !isGate && hasCode && ['refuse', 'hold', 'refresh-catalogue'].includes(error.remedy);
}

/** What the world of a stage is made of. */
export interface WorldParts {
  partnerCenter: Transport;
  policy: Policy;
  cache: CatalogueCache;
  purchases: Purchases;
  now(): Date;
  newId(): string;
}

/** A stage's world together with the purchase as it was last written. */
export class StageWorld implements World {
  readonly partnerCenter: Transport;
  readonly policy: Policy;
  readonly cache: CatalogueCache;
  readonly #parts: WorldParts;
  #purchase: Purchase;
  #etag: string;
  #answers: Purchase['answered'];

  constructor(parts: WorldParts, purchase: Purchase, etag: string) {
    this.partnerCenter = parts.partnerCenter;
    this.policy = parts.policy;
    this.cache = parts.cache;
    this.#parts = parts;
    this.#purchase = purchase;
    this.#etag = etag;
    this.#answers = purchase.answered;
  }

  /** The purchase as it was last written. */
  get purchase(): Purchase {
    return this.#purchase;
  }
  get etag(): string {
    return this.#etag;
  }
  get answers(): Purchase['answered'] {
    return this.#answers;
  }

  now(): Date {
    return this.#parts.now();
  }

  read(): Call {
    return { requestId: this.#parts.newId(), correlationId: this.#purchase.id };
  }

  async effect<T>(purpose: string, request: (call: Call) => Promise<T>, isRepeat = false): Promise<T> {
    const count = this.answered(purpose);
    const call = { requestId: uuidV5(this.#purchase.id, `${purpose}/${count}`), correlationId: this.#purchase.id };
    try {
      const answer = await request(call);
      this.#answered(purpose, count + 1);
      return answer;
    } catch (error) {
      if (!isRepeat && isAnswer(error)) this.#answered(purpose, count + 1);
      throw error;
    }
  }

  answered(purpose: string): number {
    return this.#answers[purpose] ?? 0;
  }

  #answered(purpose: string, count: number): void {
    this.#answers = { ...this.#answers, [purpose]: count };
  }

  async intend(facts: Partial<Facts>, note: string): Promise<void> {
    const circumstances = { now: this.now(), milliseconds: 0, answered: this.#answers };
    const written = intention(this.#purchase, facts, circumstances, note);
    const etag = await this.#parts.purchases.write(written, this.#etag);
    if (etag === undefined) throw new Overtaken(`Purchase ${this.#purchase.id} was written by somebody else.`);
    this.#purchase = written.purchase;
    this.#etag = etag;
  }
}
