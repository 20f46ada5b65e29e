/**
 * What to do about a failure.
 * repeat: the same call again, soon · wait: the same call after retryAfterSeconds · verify: the call may have had its
 * effect, read what became of it before anything else · refresh-catalogue: read the catalogue again and build a new
 * cart · reject: a business reason, repeating is pointless · hold: an operator must act first.
 */
export type Remedy = 'repeat' | 'wait' | 'verify' | 'refresh-catalogue' | 'reject' | 'hold';

export interface PartnerCenterErrorProperties {
  readonly operation: string;
  readonly requestId: string;
  readonly correlationId: string;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly remedy: Remedy;
  readonly retryAfterSeconds?: number | undefined;
  readonly outcomeKnown: boolean;
  /** What was refused may only be too new: see the error table. */
  readonly newForSeconds?: number | undefined;
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
  /** For so long after a caller began, what was refused may only be too new to be found, and is to be tried again. */
  readonly newForSeconds: number | undefined;
  readonly advice: string;
  readonly detail: string | undefined;

  constructor(properties: PartnerCenterErrorProperties) {
    const where = [properties.status, properties.code].filter((part) => part !== undefined).join('/');
    super(
      `${properties.operation} failed${where === '' ? '' : ` (${where})`}: ${properties.detail ?? properties.advice}`,
      {
        cause: properties.cause,
      },
    );
    this.operation = properties.operation;
    this.requestId = properties.requestId;
    this.correlationId = properties.correlationId;
    this.status = properties.status;
    this.code = properties.code;
    this.remedy = properties.remedy;
    this.retryAfterSeconds = properties.retryAfterSeconds;
    this.outcomeKnown = properties.outcomeKnown;
    this.newForSeconds = properties.newForSeconds;
    this.advice = properties.advice;
    this.detail = properties.detail;
  }
}
