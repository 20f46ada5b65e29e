import type { CartLine, NewCart, NewCartLine } from '#shared/partner-center/resources/carts';
import { monthsOf } from './build-commitment';

/**
 * Where a cart differs from what was asked for, in words with both values: in everything that changes what is paid or
 * delivered (page "Cart resources"). What an answer does not say at all is no difference, unless the request asked for it
 * and its absence costs money: a promotion that does not apply is silently left out.
 *
 * @param answered the cart's lines with their add-ons, in the order of the request
 */
export function differencesOf(asked: NewCart, answered: readonly CartLine[], lineIds: readonly string[]): string[] {
  const wanted = asked.lineItems.flatMap((line) => [line, ...(line.addonItems ?? [])]);
  if (wanted.length !== answered.length) return [`it has ${answered.length} line(s), asked for ${wanted.length}`];
  return wanted.flatMap((line, at) => {
    const found = answered.at(at);
    const different = found === undefined ? [] : comparisons(line, found).flatMap((one) => differenceOf(one) ?? []);
    return different.length === 0 ? [] : [`line ${lineIds[at] ?? '?'}: ${different.join(', ')}`];
  });
}

interface Comparison {
  readonly what: string;
  readonly asked: string | undefined;
  readonly answered: string | undefined;
  /** Whether an answer that says nothing is as good as one that agrees. */
  readonly mayBeSilent?: boolean;
  /** Whether an answer may say something although nothing was asked for. */
  readonly mayBeAdded?: boolean;
}

function comparisons(asked: NewCartLine, answered: CartLine): Comparison[] {
  return [
    { what: 'catalog item', asked: asked.catalogItemId, answered: answered.catalogItemId },
    { what: 'quantity', asked: `${asked.quantity}`, answered: `${answered.quantity}` },
    { what: 'billing cycle', asked: asked.billingCycle, answered: answered.billingCycle, mayBeSilent: true },
    { what: 'term', ...sameTerm(asked.termDuration, answered.termDuration), mayBeSilent: true },
    {
      what: 'currency',
      asked: asked.currencyCode?.toUpperCase(),
      answered: answered.currencyCode?.toUpperCase(),
      mayBeSilent: true,
      mayBeAdded: true,
    },
    // Some promotions are applied without being asked for, and make it cheaper.
    { what: 'promotion', asked: asked.promotionId, answered: answered.promotionId, mayBeAdded: true },
    { what: 'end date', asked: dayOf(asked.customTermEndDate), answered: dayOf(answered.customTermEndDate) },
    {
      what: 'term to renew to',
      ...sameTerm(asked.renewsTo?.termDuration, answered.renewsTo?.termDuration),
      mayBeSilent: true,
      mayBeAdded: true,
    },
    { what: 'participants', ...sameParticipants(asked.participants, answered.participants), mayBeSilent: true },
    ...Object.entries(asked.provisioningContext ?? {}).map(([name, value]) => ({
      what: name,
      asked: value.toLowerCase(),
      answered: answered.provisioningContext[name]?.toLowerCase(),
      mayBeSilent: true,
    })),
  ];
}

function differenceOf({ what, asked, answered, mayBeSilent, mayBeAdded }: Comparison): string | undefined {
  if (asked === answered) return undefined;
  if (answered === undefined && mayBeSilent) return undefined;
  if (asked === undefined && mayBeAdded) return undefined;
  return `${what} ${answered ?? 'none'}, asked for ${asked ?? 'none'}`;
}

/** The same term in two spellings (P12M, P1Y) is one; an empty one is none. */
function sameTerm(asked = '', answered = ''): Pick<Comparison, 'asked' | 'answered'> {
  const isSame = asked !== '' && answered !== '' && monthsOf(asked) === monthsOf(answered);
  return { asked: asked || undefined, answered: (isSame ? asked : answered) || undefined };
}

function dayOf(date: string | undefined): string | undefined {
  return date === undefined ? undefined : new Date(date).toISOString().slice(0, 10);
}

/** In any order, and their keys in any spelling (transaction_reseller, TransactionReseller). */
function sameParticipants(
  asked: CartLine['participants'] = [],
  answered: CartLine['participants'] = [],
): Pick<Comparison, 'asked' | 'answered'> {
  const [wanted, found] = [textOf(asked), textOf(answered)];
  const fold = (text: string) => text.replaceAll('_', '').toLowerCase();
  return { asked: wanted || undefined, answered: (fold(wanted) === fold(found) ? wanted : found) || undefined };
}

function textOf(participants: CartLine['participants']): string {
  return participants
    .map(({ key, value }) => `${key} ${value}`)
    .toSorted()
    .join(' and ');
}
