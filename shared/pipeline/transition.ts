import { z } from 'zod';
import { cutText } from '#shared/domain/cut-text';
import { defined } from '#shared/domain/defined';
import { stageNames, type Purchase, type PurchaseChanges, type Reason, type StageName } from '#shared/domain/purchase';
import {
  orderEventNames,
  orderEventsBetween,
  purchaseEventNames,
  type EventOf,
  type PurchaseEventName,
} from '#shared/domain/purchase-events';
import type { CommandOutcome, WrittenOutcome } from './outcome';
import { assertEdge } from './state-machine';

/** Something that a write promises to send. It stays in the state row until it is known to be sent. */
export const pending = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('event'),
    sequence: z.int(),
    /** The event itself is made from the purchase when it is sent, so that a row with many orders stays small. */
    event: z.discriminatedUnion('about', [
      z.object({ about: z.literal('purchase'), name: z.enum(purchaseEventNames) }),
      z.object({ about: z.literal('order'), name: z.enum(orderEventNames), orderId: z.string() }),
    ]),
  }),
  z.object({
    kind: z.literal('stage'),
    stage: z.enum(stageNames),
    attempt: z.int(),
    /** Not to be delivered before this time. */
    notBefore: z.iso.datetime().optional(),
  }),
]);
export type Pending = z.infer<typeof pending>;

/** One entry of a purchase's history, for people. */
export const historyEntry = z.object({
  version: z.int(),
  at: z.iso.datetime(),
  stage: z.enum(['accept', 'operator', ...stageNames]),
  attempt: z.int(),
  outcome: z.string(),
  note: z.string(),
  milliseconds: z.number(),
});
export type HistoryEntry = z.infer<typeof historyEntry>;

/** What one write stores: the purchase after it, what it promises to send, and its entry in the history. */
export interface Transition {
  readonly purchase: Purchase;
  readonly pending: Pending[];
  readonly history: HistoryEntry;
}

/** The circumstances of a step: when it ended, how long it took, which requests were answered meanwhile. */
export interface Circumstances {
  now: Date;
  milliseconds: number;
  answersByOperation: Purchase['answersByOperation'];
}

/**
 * From a purchase and the outcome of its stage, or of an operator's command, to the next state. Pure: the clock comes in as
 * an argument. Throws when the state machine has no such edge.
 */
export function transition(
  before: Purchase,
  outcome: WrittenOutcome | CommandOutcome,
  { now, milliseconds, answersByOperation }: Circumstances,
): Transition {
  if (before.status !== 'open' && !isCommand(outcome))
    throw new Error(`Purchase ${before.id} is ${before.status}: no stage can go on.`);
  const at = now.toISOString();
  const moved = move(before, outcome, at);
  const changed = { ...moved.purchase, ...changesOf(outcome) };
  const events = eventsOf(before, changed, outcome);
  const purchase: Purchase = {
    ...changed,
    version: before.version + 1,
    updatedAt: at,
    answersByOperation,
    sequence: before.sequence + events.length,
  };
  assertEdge(before, purchase);
  return {
    purchase,
    // Events go first: whoever sees the next stage's message may rely on the events before it having been sent.
    pending: [...pendingEvents(events, before.sequence), ...moved.messages],
    history: {
      version: purchase.version,
      at,
      stage: isCommand(outcome) ? 'operator' : before.stage,
      attempt: before.attempts[before.stage] ?? 0,
      outcome: outcome.kind,
      note: noteOf(outcome),
      milliseconds,
    },
  };
}

interface Move {
  readonly purchase: Purchase;
  readonly messages: Pending[];
}

function move(before: Purchase, outcome: WrittenOutcome | CommandOutcome, at: string): Move {
  switch (outcome.kind) {
    case 'advance':
      return toStage(before, outcome.next, at);
    case 'retry':
      return toStage(before, before.stage, at, new Date(Date.parse(at) + outcome.seconds * 1000).toISOString());
    case 'complete':
      return {
        purchase: {
          ...before,
          status: outcome.status,
          ...defined({ reason: outcome.reason && shortened(outcome.reason) }),
        },
        messages: [],
      };
    case 'reject':
      return { purchase: { ...before, status: 'rejected', reason: shortened(outcome.reason) }, messages: [] };
    case 'hold':
      return { purchase: { ...before, status: 'held', reason: shortened(outcome.reason) }, messages: [] };
    case 'resume':
      // A resumed purchase starts its stage over: the catalogue may be read afresh once more, too.
      return toStage(
        { ...before, status: 'open', reason: undefined, catalogueRefreshed: undefined, stageSince: at },
        before.stage,
        at,
      );
    case 'cancel':
      return { purchase: { ...before, status: 'cancelled' }, messages: [] };
    case 'cancel-orders':
      return toStage({ ...before, status: 'open', reason: undefined, stageSince: at }, 'tracking', at);
    case 'mark-failed':
      return { purchase: { ...before, status: 'failed' }, messages: [] };
  }
}

/** The purchase with one more message to a stage. */
export function toStage(before: Purchase, stage: StageName, at: string, notBefore?: string): Move {
  const attempt = (before.attempts[stage] ?? 0) + 1;
  return {
    purchase: {
      ...before,
      stage,
      stageSince: stage === before.stage ? before.stageSince : at,
      attempts: { ...before.attempts, [stage]: attempt },
    },
    messages: [{ kind: 'stage', stage, attempt, ...defined({ notBefore }) }],
  };
}

/** Events about orders come before the purchase's own, which may be its last. */
function eventsOf(before: Purchase, after: Purchase, outcome: WrittenOutcome | CommandOutcome): EventOf[] {
  const name = purchaseEventOf(outcome);
  // A cancellation that came to nothing leaves the purchase where it was, which was said before.
  const isNews = name !== undefined && name !== before.cancellation?.statusBefore;
  return [
    ...orderEventsBetween(before.orders ?? [], after.orders ?? [], after.offers),
    ...(isNews ? [{ about: 'purchase' as const, name }] : []),
  ];
}

/** The events of one write as its outbox holds them, numbered from `sequence` + 1. */
export function pendingEvents(events: readonly EventOf[], sequence: number): Pending[] {
  return events.map((event, index) => ({ kind: 'event', sequence: sequence + 1 + index, event }));
}

function purchaseEventOf(outcome: WrittenOutcome | CommandOutcome): PurchaseEventName | undefined {
  switch (outcome.kind) {
    case 'advance':
      return outcome.event;
    case 'retry':
      return undefined;
    case 'complete':
      return outcome.status;
    case 'reject':
      return 'rejected';
    case 'hold':
      return 'held';
    case 'resume':
      return 'resumed';
    case 'cancel':
      return 'cancelled';
    case 'cancel-orders':
      return undefined;
    case 'mark-failed':
      return 'failed';
  }
}

function isCommand({ kind }: WrittenOutcome | CommandOutcome): boolean {
  return kind === 'resume' || kind === 'cancel' || kind === 'cancel-orders' || kind === 'mark-failed';
}

function changesOf(outcome: WrittenOutcome | CommandOutcome): PurchaseChanges {
  const hasNone = outcome.kind === 'resume' || outcome.kind === 'cancel' || outcome.kind === 'mark-failed';
  return hasNone ? {} : (outcome.changes ?? {});
}

function noteOf(outcome: WrittenOutcome | CommandOutcome): string {
  const isReasoned = outcome.kind === 'reject' || outcome.kind === 'hold';
  const note = isReasoned ? `${outcome.reason.code}: ${outcome.reason.message}` : outcome.note;
  return cut(note, LONGEST_NOTE, ' ...');
}

/**
 * A write in the middle of a stage: what it is about to do, before it does it. Nothing is sent; the message that is being
 * worked on stays promised, so that the watchdog can bring it back should it vanish.
 */
export function intention(
  before: Purchase,
  changes: Omit<PurchaseChanges, 'orders'>,
  { now, milliseconds, answersByOperation }: Circumstances,
  note: string,
): Transition {
  const at = now.toISOString();
  return {
    purchase: { ...before, ...changes, version: before.version + 1, updatedAt: at, answersByOperation },
    pending: [{ kind: 'stage', stage: before.stage, attempt: before.attempts[before.stage] ?? 1 }],
    history: {
      version: before.version + 1,
      at,
      stage: before.stage,
      attempt: before.attempts[before.stage] ?? 0,
      outcome: 'intent',
      note,
      milliseconds,
    },
  };
}

/**
 * What a note of the history may hold, in characters. A row of Table Storage holds 1 MiB, which is 512 Ki UTF-16 units
 * (page "Understanding the Table service data model"), and JSON may write one character as six.
 */
export const LONGEST_NOTE = 80_000;
/** Reasons travel in messages and events, and notes in log lines, which hold less. */
const LONGEST_REASON = 4000;

function shortened(reason: Reason): Reason {
  return { ...reason, message: brief(reason.message) };
}

/** An entry of the history as the log has it. */
export function logged(entry: HistoryEntry): HistoryEntry {
  return { ...entry, note: brief(entry.note) };
}

function brief(text: string): string {
  return cut(text, LONGEST_REASON, ' ... (more in the history)');
}

function cut(text: string, longest: number, end: string): string {
  return text.length <= longest ? text : `${cutText(text, longest)}${end}`;
}
