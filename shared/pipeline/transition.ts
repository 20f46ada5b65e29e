import { z } from 'zod';
import { cutText } from '#shared/domain/cut-text';
import { orderEvent, purchaseEvent, type PurchaseHappening } from '#shared/domain/order-event';
import {
  hasLiveLine,
  stageNames,
  type Facts,
  type Purchase,
  type Reason,
  type StageName,
} from '#shared/domain/purchase';
import type { Cancel, OperatorOutcome, WrittenOutcome } from './outcome';
import { assertEdge } from './state-machine';

/** Something that a write promises to send. It stays in the state row until it is known to be sent. */
export const pending = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), event: orderEvent }),
  z.object({
    kind: z.literal('stage'),
    stage: z.enum(stageNames),
    attempt: z.int(),
    /** Not to be delivered before this time. */
    notBefore: z.iso.datetime().optional(),
  }),
]);
export type Pending = z.infer<typeof pending>;

/** One line of a purchase's history, for people. */
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

/** What one write stores: the purchase after it, what it promises to send, and what it tells of itself. */
export interface Transition {
  purchase: Purchase;
  pending: Pending[];
  history: HistoryEntry;
}

/** The circumstances of a step: when it ended, how long it took, which requests were answered meanwhile. */
export interface Circumstances {
  now: Date;
  milliseconds: number;
  answered: Purchase['answered'];
}

/**
 * From a purchase and the outcome of its stage, or an operator's word, to the next state. Pure: the clock comes in as an
 * argument. Throws when the state machine has no such edge.
 */
export function transition(
  before: Purchase,
  outcome: WrittenOutcome | OperatorOutcome,
  { now, milliseconds, answered }: Circumstances,
): Transition {
  if (before.status !== 'open' && !isOperators(outcome))
    throw new Error(`Purchase ${before.id} is ${before.status}: no stage can go on.`);
  const at = now.toISOString();
  const happening = happeningOf(outcome);
  const moved = move(before, outcome, at);
  const purchase: Purchase = {
    ...moved.purchase,
    ...('facts' in outcome ? outcome.facts : {}),
    version: before.version + 1,
    updatedAt: at,
    answered,
    sequence: before.sequence + (happening ? 1 : 0),
  };
  assertEdge(before, purchase);
  return {
    purchase,
    // Events go first: whoever sees the next stage's message may rely on the events before it having been sent.
    pending: [
      ...(happening ? [{ kind: 'event' as const, event: purchaseEvent(happening, purchase) }] : []),
      ...moved.messages,
    ],
    history: {
      version: purchase.version,
      at,
      stage: isOperators(outcome) ? 'operator' : before.stage,
      attempt: before.attempts[before.stage] ?? 0,
      outcome: outcome.kind,
      note: noteOf(outcome),
      milliseconds,
    },
  };
}

interface Move {
  purchase: Purchase;
  messages: Pending[];
}

function move(before: Purchase, outcome: WrittenOutcome | OperatorOutcome, at: string): Move {
  switch (outcome.kind) {
    case 'continue':
      return toStage(before, outcome.next, at);
    case 'wait':
      return toStage(before, before.stage, at, new Date(Date.parse(at) + outcome.seconds * 1000).toISOString());
    case 'finish':
      return { purchase: { ...before, status: outcome.status }, messages: [] };
    case 'refused':
    case 'held':
      return { purchase: { ...before, status: outcome.kind, reason: short(outcome.reason) }, messages: [] };
    case 'resumed':
      // Whoever resumes wants it tried anew: the catalogue may be looked at once more, too.
      return toStage(
        { ...before, status: 'open', reason: undefined, isSecondLook: undefined, stageSince: at },
        before.stage,
        at,
      );
    case 'cancelled':
      return { purchase: { ...before, status: afterCancel(outcome) }, messages: [] };
    case 'given-up':
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
    messages: [{ kind: 'stage', stage, attempt, ...(notBefore ? { notBefore } : {}) }],
  };
}

function happeningOf(outcome: WrittenOutcome | OperatorOutcome): PurchaseHappening | undefined {
  switch (outcome.kind) {
    case 'continue':
      return outcome.happening;
    case 'wait':
    case 'resumed':
      return undefined;
    case 'finish':
      return outcome.status;
    case 'given-up':
      return 'failed';
    case 'cancelled':
      return afterCancel(outcome);
    case 'refused':
    case 'held':
      return outcome.kind;
  }
}

/** Partner Center may cancel some orders and refuse others; what is left was bought. */
function afterCancel({ facts }: Cancel): 'cancelled' | 'partially-completed' {
  return (facts?.orders ?? []).some(hasLiveLine) ? 'partially-completed' : 'cancelled';
}

function isOperators({ kind }: WrittenOutcome | OperatorOutcome): boolean {
  return kind === 'resumed' || kind === 'cancelled' || kind === 'given-up';
}

function noteOf(outcome: WrittenOutcome | OperatorOutcome): string {
  const note = 'note' in outcome ? outcome.note : `${outcome.reason.code}: ${outcome.reason.message}`;
  return cut(note, LONGEST_NOTE, ' ...');
}

/**
 * A write in the middle of a stage: what it is about to do, before it does it. Nothing is sent; the message that is being
 * worked on stays promised, so that the alarm clock can bring it back should it vanish.
 */
export function intention(
  before: Purchase,
  facts: Partial<Facts>,
  { now, milliseconds, answered }: Circumstances,
  note: string,
): Transition {
  const at = now.toISOString();
  return {
    purchase: { ...before, ...facts, version: before.version + 1, updatedAt: at, answered },
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
const LONGEST_TOLD = 4000;

function short(reason: Reason): Reason {
  return { ...reason, message: told(reason.message) };
}

/** An entry of the history as the log has it. */
export function logged(entry: HistoryEntry): HistoryEntry {
  return { ...entry, note: told(entry.note) };
}

function told(text: string): string {
  return cut(text, LONGEST_TOLD, ' ... (more in the history)');
}

function cut(text: string, longest: number, end: string): string {
  return text.length <= longest ? text : `${cutText(text, longest)}${end}`;
}
