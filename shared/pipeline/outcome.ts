import type { PurchaseChanges, Reason, StageName } from '#shared/domain/purchase';
import type { PurchaseEventName } from '#shared/domain/purchase-events';

/**
 * How a stage can end. Expected endings are values; whatever is not one of these is thrown.
 *
 * @typeParam Next the stages that it may advance to (state-machine.ts has them by stage)
 */
export type Outcome<Next extends StageName = StageName> = WrittenOutcome<Next> | Yield;

/** The endings that change the purchase. */
export type WrittenOutcome<Next extends StageName = StageName> = Advance<Next> | Complete | Retry | Reject | Hold;

/** On to the next stage, with what was found out. */
export interface Advance<Next extends StageName = StageName> {
  readonly kind: 'advance';
  readonly next: Next;
  readonly note: string;
  readonly changes?: PurchaseChanges;
  /** The event to emit, where this step has one. */
  readonly event?: PurchaseEventName;
}

/**
 * The purchase is over: bought, at least in part, or quoted for a dry run; or nothing of it is left, since every order was
 * cancelled in Partner Center, or has failed there.
 */
export interface Complete {
  readonly kind: 'complete';
  readonly status: 'completed' | 'partially-completed' | 'quoted' | 'cancelled' | 'failed';
  readonly note: string;
  /** Why it did not end as asked, where an order says so. */
  readonly reason?: Reason;
  readonly changes?: PurchaseChanges;
}

/** The same stage again, as a new attempt, after so many seconds. */
export interface Retry {
  readonly kind: 'retry';
  readonly seconds: number;
  readonly note: string;
  readonly changes?: PurchaseChanges;
}

/** Another worker holds this very step: the same attempt again at that time, and nothing is written that would get in its way. */
interface Yield {
  readonly kind: 'yield';
  readonly until: string;
  readonly note: string;
}

/** A business rejection: final, nothing was bought. */
export interface Reject {
  readonly kind: 'reject';
  readonly reason: Reason;
  readonly changes?: PurchaseChanges;
}

/** Needs an operator or a decision; can be resumed. */
export interface Hold {
  readonly kind: 'hold';
  readonly reason: Reason;
  readonly changes?: PurchaseChanges;
}

/** What an operator's command does to a purchase. */
export type CommandOutcome = Resume | Cancel | CancelOrders | MarkFailed;

/** A held purchase goes on at the stage that held it, with a stage time-out that starts over. */
interface Resume {
  readonly kind: 'resume';
  readonly note: string;
}

/** Cancelled: nothing of it was bought, or nothing is left of it. */
export interface Cancel {
  readonly kind: 'cancel';
  readonly note: string;
}

/** Back to tracking, which cancels the orders that the changes name. */
export interface CancelOrders {
  readonly kind: 'cancel-orders';
  readonly note: string;
  readonly changes: Pick<PurchaseChanges, 'cancellation'>;
}

/** Ended as failed although something may have been bought: the note says what was found. */
interface MarkFailed {
  readonly kind: 'mark-failed';
  readonly note: string;
}
