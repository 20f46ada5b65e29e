import type { Facts, Reason, StageName } from '#shared/domain/purchase';
import type { PurchaseHappening } from '#shared/domain/order-event';

/** How a stage can end. Expected endings are values; whatever is not one of these is thrown. */
export type Outcome = WrittenOutcome | Postpone;

/** The endings that change the purchase. */
export type WrittenOutcome = Continue | Finish | Wait | Refused | Held;

/** On to the next stage, with what was found out. */
export interface Continue {
  kind: 'continue';
  next: StageName;
  note: string;
  facts?: Partial<Facts>;
  /** The event to emit, where this step has one. */
  happening?: PurchaseHappening;
}

/**
 * The purchase is over: bought, at least in part, or quoted for a dry run; or bought and then cancelled in Partner Center,
 * so that nothing of it is left.
 */
export interface Finish {
  kind: 'finish';
  status: 'completed' | 'partially-completed' | 'quoted' | 'cancelled';
  note: string;
  facts?: Partial<Facts>;
}

/** The same stage again, as a new attempt, after so many seconds. */
export interface Wait {
  kind: 'wait';
  seconds: number;
  note: string;
  facts?: Partial<Facts>;
}

/** Somebody else is at this very step: look again at that time, and write nothing that would get in their way. */
export interface Postpone {
  kind: 'postpone';
  until: string;
  note: string;
}

/** A business no: final, nothing was bought. */
export interface Refused {
  kind: 'refused';
  reason: Reason;
  facts?: Partial<Facts>;
}

/** Needs a person or a decision; can be resumed. */
export interface Held {
  kind: 'held';
  reason: Reason;
  facts?: Partial<Facts>;
}

/** What an operator's word does to a purchase. */
export type OperatorOutcome = Resume | Cancel | GiveUp;

/** A held purchase goes on at the stage that held it, with fresh patience. */
export interface Resume {
  kind: 'resumed';
  note: string;
}

/** Cancelled, with nothing left that was bought; or partly, when the facts say that some orders stay. */
export interface Cancel {
  kind: 'cancelled';
  note: string;
  facts?: Partial<Facts>;
}

/** Given up although something may have been bought: the note says what was found. */
export interface GiveUp {
  kind: 'given-up';
  note: string;
}
