import type { Bus } from '#shared/azure/bus';
import type { Purchase } from '#shared/domain/purchase';
import type { Log } from '#shared/log';
import type { CommandOutcome, Hold } from '#shared/pipeline/outcome';
import { sendPending } from '#shared/pipeline/outbox';
import type { PurchaseStore, StoredPurchase } from '#shared/pipeline/purchase-store';
import { logged, transition, type Transition } from '#shared/pipeline/transition';
import { scheduleWatchdog, type WatchdogDeps } from '#shared/pipeline/watchdog';

export interface CommandDeps extends WatchdogDeps {
  bus: Bus;
  purchases: PurchaseStore;
  log: Log;
}

/** The result of an operator's command. `not-possible` says why in plain words; nothing was changed. */
export type CommandResult = { kind: 'done'; purchase: Purchase } | { kind: 'not-found' } | NotPossible;

/** Why a command can't be run on a purchase as it stands. */
export interface NotPossible {
  readonly kind: 'not-possible';
  readonly why: string;
}

/** What a command comes to for a purchase as it stands: a step of the state machine, or why it is not possible. */
export type Decide = (stored: StoredPurchase) => Promise<CommandOutcome | Hold | NotPossible>;

/** How often an act is tried again because the pipeline wrote meanwhile. */
const ROUNDS = 5;

/** Reads a purchase, decides, and writes and publishes the step like a stage does. Decides again when somebody else was first. */
export async function runCommand(purchaseId: string, decide: Decide, deps: CommandDeps): Promise<CommandResult> {
  for (let round = 0; round < ROUNDS; round++) {
    const stored = await deps.purchases.read(purchaseId);
    if (stored === undefined) return { kind: 'not-found' };
    const decision = await decide(stored);
    if (decision.kind === 'not-possible') {
      // The same command given before may have died between its write and its messages.
      await sendPending(deps.bus, stored);
      return decision;
    }
    const { answersByOperation } = stored.purchase;
    const next = transition(stored.purchase, decision, { now: deps.now(), milliseconds: 0, answersByOperation });
    if (await writeAndSend(next, stored, deps)) return { kind: 'done', purchase: next.purchase };
  }
  return { kind: 'not-possible', why: 'The purchase is being worked on at this moment. Try again.' };
}

/** In the order of every step: watchdog, write, send. False: somebody else wrote first. */
async function writeAndSend(next: Transition, before: StoredPurchase, deps: CommandDeps): Promise<boolean> {
  const { purchase } = next;
  // A purchase at rest has no watchdog any more, and what is written now has to be published even if this process dies.
  await scheduleWatchdog(deps, purchase.id, 1, purchase.version);
  // What the step before promised may not have been sent yet; it goes out before it is replaced.
  await sendPending(deps.bus, before);
  const etag = await deps.purchases.write(next, before.etag);
  if (etag === undefined) return false;
  deps.log('info', 'stage', { purchaseId: purchase.id, ...logged(next.history) });
  await sendPending(deps.bus, { ...next, etag });
  if (purchase.status !== 'open') await deps.purchases.clearPending(purchase, etag);
  return true;
}
