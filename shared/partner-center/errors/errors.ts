/**
 * What to do about a failure (design: outcomes of a stage).
 * repeat: the same call again, soon · wait: the same call after retryAfterSeconds · verify: the call may have had its
 * effect, look before anything else · refresh-catalogue: read the catalogue again and build a new cart ·
 * refuse: a business no, repeating is pointless · hold: a person must act first.
 */
export type Remedy = 'repeat' | 'wait' | 'verify' | 'refresh-catalogue' | 'reject' | 'hold';

export interface PartnerCenterErrorFacts {
  readonly operation: string;
  readonly requestId: string;
  readonly correlationId: string;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly remedy: Remedy;
  readonly retryAfterSeconds?: number | undefined;
  readonly outcomeKnown: boolean;
  readonly advice: string;
  /** What Partner Center itself said, cut to a readable length. */
  readonly detail?: string | undefined;
  readonly cause?: unknown;
}

/** A call to Partner Center (or for its token) failed. The fields say what to do. Holds no secret. */
export class PartnerCenterError extends Error {
  override readonly name = 'PartnerCenterError';
  readonly operation: string;
  readonly requestId: string;
  readonly correlationId: string;
  readonly status: number | undefined;
  /** Partner Center's error code as digits ("800064"), or the code of the network or sign-in failure. */
  readonly code: string | undefined;
  readonly remedy: Remedy;
  readonly retryAfterSeconds: number | undefined;
  /** False when a write may have had its effect although it failed. */
  readonly outcomeKnown: boolean;
  readonly advice: string;
  readonly detail: string | undefined;

  constructor(facts: PartnerCenterErrorFacts) {
    const where = [facts.status, facts.code].filter((part) => part !== undefined).join('/');
    super(`${facts.operation} failed${where === '' ? '' : ` (${where})`}: ${facts.detail ?? facts.advice}`, {
      cause: facts.cause,
    });
    this.operation = facts.operation;
    this.requestId = facts.requestId;
    this.correlationId = facts.correlationId;
    this.status = facts.status;
    this.code = facts.code;
    this.remedy = facts.remedy;
    this.retryAfterSeconds = facts.retryAfterSeconds;
    this.outcomeKnown = facts.outcomeKnown;
    this.advice = facts.advice;
    this.detail = facts.detail;
  }
}

/** The call succeeded, but its answer does not have the documented shape. Not a PartnerCenterError: nothing to retry. */
export class ContractError extends Error {
  override readonly name = 'ContractError';

  constructor(
    readonly operation: string,
    /** Where and what: "lineItems.0.quantity: expected a whole number". Never values, they may be personal. */
    readonly problems: readonly string[],
    /** False after a write: it had its effect, but what it answered is lost. */
    readonly outcomeKnown: boolean,
    readonly requestId: string,
    readonly correlationId: string,
  ) {
    super(`${operation}: the answer does not have the documented shape (${problems.join('; ')})`);
  }
}
