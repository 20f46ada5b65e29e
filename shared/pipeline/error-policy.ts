import { defined } from '#shared/domain/defined';
import { cutText } from '#shared/domain/cut-text';
import {
  isCheckoutUnclear,
  purchase as purchaseSchema,
  type Purchase,
  type PurchaseChanges,
  type Reason,
  type StageName,
} from '#shared/domain/purchase';
import { ContractError } from '#shared/partner-center/errors/contract-error';
import { PartnerCenterError, type Remedy } from '#shared/partner-center/errors/partner-center-error';
import type { Advance, Hold, Outcome, Reject, WrittenOutcome } from './outcome';
import { Unreadable } from './purchase-store';
import type { PipelineSettings } from './settings';

/** The shortest and the longest pause before a step is tried again. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 300;

/**
 * The outcome of a stage that could not finish: the one place where a failure becomes a retry, a rejection or a hold.
 *
 * @param purchase as the stage left it, with the answers it got
 * @param now decides whether something may still be too new to be found
 * @param wasUndone the call that failed had an effect in mind and is known to have had none
 * @returns undefined for what is neither Partner Center's doing nor expected: a bug, to be thrown
 */
export function outcomeOfError(
  error: unknown,
  purchase: Purchase,
  now: Date,
  wasUndone = false,
): WrittenOutcome<'discovery'> | undefined {
  if (error instanceof ContractError) {
    return {
      kind: 'hold',
      reason: {
        code: 'unreadable-answer',
        message: error.message,
        advice: 'Partner Center answered in a form that Cartage does not know. Read the log, then resume the purchase.',
      },
    };
  }
  if (error instanceof Unreadable) return holdUnreadable(error, undefined);
  if (!(error instanceof PartnerCenterError)) return undefined;
  const reason = {
    code: error.code ?? (error.status === undefined ? 'no-answer' : `http-${error.status}`),
    message: error.message,
    advice: error.advice,
  };
  const withdrawn = wasUndone ? withdrawnIntent(purchase) : {};
  const remedy = isMaybeTooNew(error, purchase, now) ? 'wait' : error.remedy;
  const outcome = outcomeOfRemedy(remedy, reason, { ...purchase, ...withdrawn }, error.retryAfterSeconds);
  return { ...outcome, changes: { ...withdrawn, ...outcome.changes } };
}

/**
 * A purchase that could not be read back is held as it was before. Of the changes every member that can be read is kept, above all
 * orders; the others are told in the reason, as far as it holds them.
 */
export function holdUnreadable({ message }: Unreadable, changes: PurchaseChanges | undefined): Hold {
  const members = Object.entries(changes ?? {});
  const isReadable = ([name, value]: [string, unknown]) =>
    changeable.partial().safeParse(JSON.parse(JSON.stringify({ [name]: value }))).success;
  const lost = members.filter((member) => !isReadable(member));
  const told = lost.length === 0 ? '' : ` Not kept: ${cutText(JSON.stringify(Object.fromEntries(lost)), LONGEST_TOLD)}`;
  return {
    kind: 'hold',
    reason: {
      code: 'unreadable-state',
      message: `${message}.${told}`,
      advice: 'This is a bug. Read what Partner Center answered in the log, have it mended, then resume the purchase.',
    },
    ...defined({ changes: changes && Object.fromEntries(members.filter(isReadable)) }),
  };
}

/** What stages may change, as it is read. */
const changeable = purchaseSchema.pick({
  country: true,
  offers: true,
  catalogueRefreshed: true,
  registeredSubscriptions: true,
  cart: true,
  checkoutIntent: true,
  orders: true,
  rejectedGroups: true,
});
/** Characters of a reason for what could not be kept. */
const LONGEST_TOLD = 2000;

/** A purchase often comes right after its customer was made, which Partner Center then does not find for some minutes. */
function isMaybeTooNew({ newForSeconds }: PartnerCenterError, { acceptedAt }: Purchase, now: Date): boolean {
  return newForSeconds !== undefined && now.getTime() - Date.parse(acceptedAt) < newForSeconds * 1000;
}

/** What a remedy of the error tables comes to for a purchase as it stands. */
export function outcomeOfRemedy(
  remedy: Remedy,
  reason: Reason,
  purchase: Purchase,
  retryAfterSeconds = 0,
): WrittenOutcome<'discovery'> {
  switch (remedy) {
    case 'repeat':
    case 'wait':
    case 'verify':
      // "Try again in 0 seconds" says nothing of when it is worth it.
      return {
        kind: 'retry',
        seconds: retryAfterSeconds || pause(purchase),
        note: `${reason.code}: ${reason.message}`,
      };
    case 'refresh-catalogue':
      return refreshCatalogue(purchase, reason);
    case 'reject':
      // A no is only a no while nothing can have been bought.
      return { kind: mayHaveBought(purchase) ? 'hold' : 'reject', reason };
    case 'hold':
      return { kind: 'hold', reason };
  }
}

/** What discovery itself can't find does not exist; what a later stage can't find has changed since: read it afresh, once. */
function refreshCatalogue(purchase: Purchase, reason: Reason): Advance<'discovery'> | Hold | Reject {
  if (mayHaveBought(purchase)) return { kind: 'hold', reason };
  if (purchase.stage === 'discovery') return { kind: 'reject', reason };
  if (purchase.catalogueRefreshed) return { kind: 'hold', reason };
  return {
    kind: 'advance',
    next: 'discovery',
    note: `${reason.code}: ${reason.message} Reading the catalogue again.`,
    changes: { offers: undefined, cart: undefined, checkoutIntent: undefined, catalogueRefreshed: true },
  };
}

/**
 * A checkout that is known to have done nothing, since it never left or was turned away, leaves no doubt behind: only the
 * calls before it may have bought, and the next delivery may take over at once.
 */
function withdrawnIntent(purchase: Purchase): PurchaseChanges {
  const { checkoutIntent: intent } = purchase;
  if (intent === undefined || !isCheckoutUnclear(purchase)) return {};
  const unanswered = intent.unanswered.slice(0, -1);
  const last = unanswered.at(-1);
  if (last === undefined) return { checkoutIntent: undefined };
  return { checkoutIntent: { ...intent, startedAt: last.from, leaseEndsAt: last.from, unanswered } };
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
 * A stage that has been retried for longer than the stage time-out needs an operator. Until then no pause is longer than what
 * is left of that time, whatever a Retry-After says.
 */
export function withStageTimeout(
  outcome: Outcome,
  purchase: Purchase,
  now: Date,
  settings: Pick<PipelineSettings, 'stageTimeoutSeconds'>,
): Outcome {
  if (outcome.kind !== 'retry' && outcome.kind !== 'yield') return outcome;
  const waited = (now.getTime() - Date.parse(purchase.stageSince)) / 1000;
  const left = Math.ceil(settings.stageTimeoutSeconds - waited);
  if (left > 0) return outcome.kind === 'retry' ? { ...outcome, seconds: Math.min(outcome.seconds, left) } : outcome;
  return {
    kind: 'hold',
    reason: {
      code: 'stage-timeout',
      message: `Stage ${purchase.stage} has waited since ${purchase.stageSince}. Last: ${outcome.note}`,
      advice: TIMEOUT_ADVICE[purchase.stage],
    },
    ...(outcome.kind === 'retry' ? defined({ changes: outcome.changes }) : {}),
  };
}

const TIMEOUT_ADVICE: Record<StageName, string> = {
  enablement:
    'Check in Partner Center whether the Azure subscription can be registered for reservations, then resume the purchase.',
  discovery: 'Check whether Partner Center answers at all, then resume the purchase.',
  inventory: 'Check whether Partner Center answers at all, then resume the purchase.',
  cart: 'Nothing was bought yet. Check whether Partner Center answers at all, then resume or cancel the purchase.',
  checkout:
    'Check in Partner Center whether the customer has the orders, then resume the purchase: it reads the cart before it does anything.',
  tracking: 'The orders are placed and still pending. Ask Partner Center support about them, then resume the purchase.',
};
