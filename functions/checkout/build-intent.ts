import type { CheckoutIntent, Purchase } from '#shared/domain/purchase';

/** The lease outlasts the call by a tenth: whoever finds it over can be sure that the caller has given up. */
const LEASE_FACTOR = 1.1;
/** More calls than these without an answer are remembered as one that took longer. */
const MOST_UNANSWERED = 20;

/**
 * The intent to check out now.
 *
 * @param previousOutcomeUnknown the calls before have no answer yet: what they may have bought stays in mind
 * @param answersBefore how many checkouts of this cart were answered
 * @param timeoutSeconds how long the call may take
 */
export function buildIntent(
  { checkoutIntent: previous }: Pick<Purchase, 'checkoutIntent'>,
  previousOutcomeUnknown: boolean,
  answersBefore: number,
  now: Date,
  timeoutSeconds: number,
): CheckoutIntent {
  const startedAt = now.toISOString();
  const leaseEndsAt = new Date(now.getTime() + timeoutSeconds * LEASE_FACTOR * 1000).toISOString();
  const earlier = previousOutcomeUnknown ? (previous?.unanswered ?? []) : [];
  const unanswered = [...earlier, { from: startedAt, until: leaseEndsAt }];
  return { answersBefore, startedAt, leaseEndsAt, unanswered: merged(unanswered) };
}

/** The oldest two as one, when there are too many. */
function merged(unanswered: CheckoutIntent['unanswered']): CheckoutIntent['unanswered'] {
  const [first, second, ...rest] = unanswered;
  if (unanswered.length <= MOST_UNANSWERED || !first || !second) return unanswered;
  return [{ from: first.from, until: second.until }, ...rest];
}
