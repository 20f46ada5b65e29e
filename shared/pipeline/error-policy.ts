import type { Limits } from '#shared/domain/limits';
import { isCheckoutUnclear, type Facts, type Purchase, type Reason, type StageName } from '#shared/domain/purchase';
import { ContractError, PartnerCenterError, type Remedy } from '#shared/partner-center/errors/errors';
import type { Outcome, WrittenOutcome } from './outcome';

/** The figures that decide how patient Cartage is; all are settings. */
export interface Policy {
  /** How long a checkout may take before it is given up, and its outcome unclear. */
  checkoutTimeoutSeconds: number;
  /** When to look at an order again: first, second, third time and so on; the last one repeats. */
  trackingIntervalsSeconds: number[];
  /** Whether a completed order is also asked for its lines' provisioning, entitlements and activation links. */
  trackProvisioning: boolean;
  /** How long a purchase may stay at one stage before a person is asked. */
  patienceSeconds: number;
  /** How often a purchase's alarm clock rings. */
  watchSeconds: number;
  /** How long a fact of the catalogue (never an availability) is taken as true. */
  catalogueSeconds: number;
  /** The countries without software subscriptions and Azure reservations; without it the documented ones. */
  unavailableMarkets?: readonly string[] | undefined;
  /** Whether Microsoft has qualified the partner to sell perpetual software; the API does not tell. */
  perpetualSoftwareQualified: boolean;
  /** What each purchase of a source may be at most, by the source's id. */
  sourceLimits: ReadonlyMap<string, Limits>;
}

/** The shortest and the longest pause before a step is tried again. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 300;

/**
 * The outcome of a stage that could not finish: the one place where a failure becomes a wait, a refusal or a question to
 * a person. `purchase` is as the stage left it, with the answers it got. Returns undefined for what is neither Partner Center's doing nor expected: a bug, to be thrown.
 */
export function outcomeOfError(error: unknown, purchase: Purchase): WrittenOutcome | undefined {
  if (error instanceof ContractError) {
    return {
      kind: 'held',
      reason: {
        code: 'unreadable-answer',
        message: error.message,
        advice:
          'Partner Center answered in a form that Cartage does not know. Look at the log, then resume the purchase.',
      },
    };
  }
  if (!(error instanceof PartnerCenterError)) return undefined;
  const reason = {
    code: error.code ?? (error.status === undefined ? 'no-answer' : `http-${error.status}`),
    message: error.message,
    advice: error.advice,
  };
  const outcome = outcomeOfRemedy(error.remedy, reason, purchase, error.retryAfterSeconds);
  const released = outcome.kind === 'wait' && error.outcomeKnown ? leaseOver(purchase) : {};
  return { ...outcome, facts: { ...outcome.facts, ...released } };
}

/** What a remedy of the error tables comes to for a purchase as it stands. */
export function outcomeOfRemedy(
  remedy: Remedy,
  reason: Reason,
  purchase: Purchase,
  retryAfterSeconds = 0,
): WrittenOutcome {
  switch (remedy) {
    case 'repeat':
    case 'wait':
    case 'verify':
      // "Try again in 0 seconds" says nothing of when it is worth it.
      return { kind: 'wait', seconds: retryAfterSeconds || pause(purchase), note: `${reason.code}: ${reason.message}` };
    case 'refresh-catalogue':
      return freshCatalogue(purchase, reason);
    case 'refuse':
      // A no is only a no while nothing can have been bought.
      return { kind: mayHaveBought(purchase) ? 'held' : 'refused', reason };
    case 'hold':
      return { kind: 'held', reason };
  }
}

/** What discovery itself can't find does not exist; what a later stage can't find has changed since: look once more. */
function freshCatalogue(
  purchase: Purchase,
  reason: { code: string; message: string; advice: string },
): Outcome & { kind: 'refused' | 'held' | 'continue' } {
  if (mayHaveBought(purchase)) return { kind: 'held', reason };
  if (purchase.stage === 'discovery') return { kind: 'refused', reason };
  if (purchase.isSecondLook) return { kind: 'held', reason };
  return {
    kind: 'continue',
    next: 'discovery',
    note: `${reason.code}: ${reason.message} Looking at the catalogue once more.`,
    facts: { offers: undefined, cart: undefined, checkout: undefined, isSecondLook: true },
  };
}

/** A call that is known to have done nothing need not be waited for: the next delivery may take over at once. */
function leaseOver({ checkout }: Purchase): Partial<Facts> {
  return checkout === undefined ? {} : { checkout: { ...checkout, leaseEndsAt: checkout.startedAt } };
}

function mayHaveBought(purchase: Purchase): boolean {
  return isCheckoutUnclear(purchase) || (purchase.orders ?? []).length > 0;
}

/** Twice as long each time, and a little different for each purchase, so that those who failed together don't return together. */
function pause(purchase: Purchase): number {
  const attempt = purchase.attempts[purchase.stage] ?? 1;
  const spread = 1 + Number.parseInt(purchase.id.slice(0, 2), 16) / 1024;
  return Math.round(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1)) * spread);
}

/**
 * Waiting, for whatever it is, that has lasted longer than a stage may take is a question to a person. Until then no wait is
 * longer than what is left of that time, whatever a Retry-After says.
 */
export function withPatience(outcome: Outcome, purchase: Purchase, now: Date, policy: Policy): Outcome {
  if (outcome.kind !== 'wait' && outcome.kind !== 'postpone') return outcome;
  const waited = (now.getTime() - Date.parse(purchase.stageSince)) / 1000;
  const left = Math.ceil(policy.patienceSeconds - waited);
  if (left > 0) return outcome.kind === 'wait' ? { ...outcome, seconds: Math.min(outcome.seconds, left) } : outcome;
  return {
    kind: 'held',
    reason: {
      code: 'waited-too-long',
      message: `Stage ${purchase.stage} has waited since ${purchase.stageSince}. Last: ${outcome.note}`,
      advice: patienceAdvice[purchase.stage],
    },
    ...('facts' in outcome && outcome.facts !== undefined ? { facts: outcome.facts } : {}),
  };
}

const patienceAdvice: Record<StageName, string> = {
  enablement:
    'Look in Partner Center whether the Azure subscription can be registered for reservations, then resume the purchase.',
  discovery: 'Look whether Partner Center answers at all, then resume the purchase.',
  inventory: 'Look whether Partner Center answers at all, then resume the purchase.',
  cart: 'Nothing was bought yet. Look whether Partner Center answers at all, then resume or cancel the purchase.',
  checkout:
    'Look in Partner Center whether the customer has the orders, then resume the purchase: it reads the cart before it does anything.',
  tracking: 'The orders are placed and still pending. Ask Partner Center support about them, then resume the purchase.',
};
