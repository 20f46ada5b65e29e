import type { Bus } from '#shared/azure/bus';
import type { Purchase } from '#shared/domain/purchase';
import type { Log } from '#shared/log';
import { outcomeOfError, withStageTimeout } from './error-policy';
import { queueOf, stageMessage, type StageMessage } from './messages';
import { sendAgainAt, sendPending } from './outbox';
import type { Outcome } from './outcome';
import type { StoredPurchase } from './purchase-store';
import { Overtaken, type Stage } from './stage';
import { StageRun, type StageRunDeps } from './stage-run';
import { logged, transition } from './transition';
import { sendInvalid, sendUnprocessable } from './unprocessable-message';

export interface StageDeps extends StageRunDeps {
  readonly bus: Bus;
  readonly log: Log;
}

/** How often a step is begun again at once because somebody else wrote meanwhile, before the broker redelivers it. */
const ROUNDS = 3;

/**
 * The handler of a stage's queue. It returns when the message is done with and throws when the broker should deliver it
 * again. The effects come in this order, and a crash between any two is healed by redelivery: the work, the write of
 * state and outbox, the sending of the outbox, the completion of the message.
 */
export function runStage(stage: Stage, deps: StageDeps): (body: unknown, redelivered: boolean) => Promise<void> {
  return async (body, redelivered) => {
    const message = stageMessage.safeParse(body);
    if (!message.success) return sendInvalid(deps.bus, queueOf[stage.name], message.error, body);
    for (let round = 0; round < ROUNDS; round++) {
      const fresh = redelivered || round > 0;
      const stored = await openPurchase(message.data, fresh, deps);
      if (stored === undefined) return unknownPurchase(stage, message.data, deps);
      if (!isAt(stored.purchase, message.data)) {
        // The step was done before: what it promised may not have been sent, so it is sent again with the same ids.
        return sendPending(deps.bus, stored);
      }
      if (await runOnce(stage, message.data, stored, deps)) return;
    }
    throw new Error(`Purchase ${message.data.purchaseId} was written by somebody else ${ROUNDS} times in a row.`);
  };
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
  const next = transition(run.purchase, outcome, { now: deps.now(), milliseconds, answersByOperation });
  const etag = await deps.purchases.write(next, run.etag);
  if (etag === undefined) return false;
  deps.log('info', 'stage', { purchaseId: next.purchase.id, ...logged(next.history) });
  await sendPending(deps.bus, { ...next, etag });
  if (next.purchase.status !== 'open') await deps.purchases.clearPending(next.purchase, etag);
  return true;
}

/** The only place where an exception becomes an outcome. Undefined: overtaken. */
async function outcomeOf(stage: Stage, run: StageRun, deps: StageDeps): Promise<Outcome | undefined> {
  try {
    return withStageTimeout(await stage.run(run.purchase, run), run.purchase, deps.now(), deps.settings);
  } catch (error) {
    if (error instanceof Overtaken) return undefined;
    const left = { ...run.purchase, answersByOperation: run.answersByOperation };
    const outcome = outcomeOfError(error, left, deps.now());
    if (outcome === undefined) throw error;
    return withStageTimeout(outcome, run.purchase, deps.now(), deps.settings);
  }
}

/** A purchase is written before any message about it is sent: a message without one was not ours. */
function unknownPurchase(stage: Stage, message: StageMessage, deps: StageDeps): Promise<void> {
  return sendUnprocessable(deps.bus, {
    queue: queueOf[stage.name],
    reason: 'unknown-purchase',
    description: `There is no purchase ${message.purchaseId}.`,
    original: message,
  });
}
