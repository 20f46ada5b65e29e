import type { z } from 'zod';
import type { Purchase, StageName } from '#shared/domain/purchase';
import { cutText } from '#shared/domain/cut-text';
import type { Log } from '#shared/log';
import { holdUnreadable, outcomeOfError, withStageTimeout } from './error-policy';
import { messageJson } from './message-bytes';
import { queueOf, stageMessage, type StageMessage } from './messages';
import { sendAgainAt, sendPending } from './outbox';
import type { Outcome, WrittenOutcome } from './outcome';
import { Unreadable, type StoredPurchase } from './purchase-store';
import { isProven } from './sealed-snapshot';
import { Overtaken, type Stage } from './stage';
import { StageRun, type StageRunDeps } from './stage-run';
import { logged, transition, type Circumstances } from './transition';
import { problemsOf, sendInvalid, sendUnprocessable, type UnprocessableDeps } from './unprocessable-message';

export interface StageDeps extends StageRunDeps, UnprocessableDeps {
  readonly log: Log;
}

/** How often a step is begun again at once because somebody else wrote meanwhile, before the broker redelivers it. */
const ROUNDS = 3;

/** Characters of a log line for what is wrong with a message. */
const LONGEST_WHY = 500;

/** Stages that change something at Partner Center without a write of ours before it, which would prove the snapshot. */
const CALLS_BEFORE_A_WRITE: ReadonlySet<StageName> = new Set(['enablement', 'cart']);

/**
 * Whether a snapshot may stand for the row. With a seal it must carry our signature. Without one, the first write of a stage proves it;
 * a stage that changes something at Partner Center before that reads the row.
 */
function isBelieved({ name }: Stage, body: unknown, { bus }: StageDeps): boolean {
  return bus.seal === undefined ? !CALLS_BEFORE_A_WRITE.has(name) : isProven(body, bus.seal);
}

/** A message that belongs on the queue of this stage. */
function messageTo({ name }: Stage) {
  return stageMessage.refine(({ stage }) => stage === name, {
    path: ['stage'],
    error: `must be ${name} on this queue`,
  });
}

/**
 * The handler of a stage's queue. It returns when the message is done with and throws when the broker should deliver it
 * again. The effects come in this order, and a crash between any two is healed by redelivery: the work, the write of
 * state and outbox, the sending of the outbox, the completion of the message.
 */
export function runStage(stage: Stage, deps: StageDeps): (body: unknown, redelivered: boolean) => Promise<void> {
  return async (body, redelivered) => {
    const content = messageJson(body);
    const message = messageTo(stage).safeParse(content);
    if (!message.success) return refuse(stage, message.error, body, deps);
    for (let round = 0; round < ROUNDS; round++) {
      const fresh = redelivered || round > 0 || !isBelieved(stage, content, deps);
      const stored = await openPurchase(message.data, fresh, deps);
      if (stored === undefined) return unknownPurchase(stage, message.data, body, deps);
      if (!isAt(stored.purchase, message.data)) {
        // The step was done before: what it promised may not have been sent, so it is sent again with the same ids.
        return sendPending(deps.bus, stored);
      }
      if (await runOnce(stage, message.data, stored, deps)) return;
    }
    throw new Error(`Purchase ${message.data.purchaseId} was written by somebody else ${ROUNDS} times in a row.`);
  };
}

/** The pipeline sends no such message: somebody else has the right to send to its queues, or it has a bug. */
function refuse(stage: Stage, error: z.ZodError, body: unknown, deps: StageDeps): Promise<void> {
  const queue = queueOf[stage.name];
  const why = problemsOf(error)
    .map(({ field, message }) => `${field}: ${message}`)
    .join('; ');
  deps.log('error', 'a message that the pipeline did not send', { queue, why: cutText(why, LONGEST_WHY) });
  return sendInvalid(deps, queue, error, body);
}

async function openPurchase(
  { purchaseId, snapshot }: StageMessage,
  fresh: boolean,
  deps: StageDeps,
): Promise<StoredPurchase | undefined> {
  if (snapshot && !fresh) return { ...snapshot, pending: [] };
  return deps.purchases.read(purchaseId);
}

/** Whether a purchase still waits for this very message. */
export function isAt(purchase: Purchase, { stage, attempt }: StageMessage): boolean {
  return purchase.status === 'open' && purchase.stage === stage && purchase.attempts[stage] === attempt;
}

/** Runs the stage once and writes what came of it. False: somebody else wrote first, and nothing of this run counts. */
async function runOnce(stage: Stage, message: StageMessage, stored: StoredPurchase, deps: StageDeps): Promise<boolean> {
  const started = performance.now();
  const run = new StageRun(deps, stored.purchase, stored.etag);
  const outcome = await outcomeOf(stage, run, deps);
  if (outcome === undefined) return false;
  if (outcome.kind === 'yield') {
    await sendAgainAt(deps.bus, message, outcome.until);
    return true;
  }
  const milliseconds = Math.round((performance.now() - started) * 10) / 10;
  const { answersByOperation } = run;
  const circumstances = { now: deps.now(), milliseconds, answersByOperation };
  const written = await write(outcome, run, circumstances, deps);
  if (written === undefined) return false;
  const { next, etag } = written;
  deps.log('info', 'stage', { purchaseId: next.purchase.id, ...logged(next.history) });
  await sendPending(deps.bus, { ...next, etag });
  if (next.purchase.status !== 'open') await deps.purchases.clearPending(next.purchase, etag);
  return true;
}

/** Writes what came of a run; what could not be read back is held instead. Undefined: somebody else wrote first. */
async function write(outcome: WrittenOutcome, run: StageRun, circumstances: Circumstances, deps: StageDeps) {
  const next = transition(run.purchase, outcome, circumstances);
  try {
    const etag = await deps.purchases.write(next, run.etag);
    return etag === undefined ? undefined : { next, etag };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const held = transition(run.purchase, holdUnreadable(error, outcome.changes), circumstances);
    const etag = await deps.purchases.write(held, run.etag);
    return etag === undefined ? undefined : { next: held, etag };
  }
}

/** The only place where an exception becomes an outcome. Undefined: overtaken. */
async function outcomeOf(stage: Stage, run: StageRun, deps: StageDeps): Promise<Outcome | undefined> {
  try {
    return withStageTimeout(await stage.run(run.purchase, run), run.purchase, deps.now(), deps.settings);
  } catch (error) {
    if (error instanceof Overtaken) return undefined;
    const left = { ...run.purchase, answersByOperation: run.answersByOperation };
    const outcome = outcomeOfError(error, left, deps.now(), run.wasUndone);
    if (outcome === undefined) throw error;
    return withStageTimeout(outcome, run.purchase, deps.now(), deps.settings);
  }
}

/** A purchase is written before any message about it is sent: a message without one was not ours. */
function unknownPurchase(
  stage: Stage,
  { purchaseId }: StageMessage,
  original: unknown,
  deps: StageDeps,
): Promise<void> {
  return sendUnprocessable(deps, {
    queue: queueOf[stage.name],
    reason: 'unknown-purchase',
    description: `There is no purchase ${purchaseId}.`,
    original,
  });
}
