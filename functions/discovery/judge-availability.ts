import type { RequestedLine } from '#shared/domain/purchase-request';
import type { Availability } from '#shared/partner-center/resources/catalogue';

/** An availability with everything that speaks against it, and the term that would be bought. */
export interface JudgedAvailability {
  availability: Availability;
  objections: string[];
  term: string | undefined;
}

/** Holds an availability against a line: country, segment, currency, term, billing cycle (page "Product resources"). */
export function judgeAvailability(
  line: RequestedLine,
  billingCycle: string,
  country: string,
  availability: Availability,
): JudgedAvailability {
  const terms = availability.terms.filter(
    (term) =>
      (line.termDuration === undefined || term.duration === line.termDuration) &&
      (term.billingCycle === undefined || term.billingCycle === billingCycle),
  );
  const durations = [...new Set(terms.map(({ duration }) => duration))];
  const objections = [
    [!isNamed(line, availability), 'another one was asked for'],
    [!availability.isPurchasable, 'not purchasable'],
    [availability.country !== undefined && availability.country !== country, `country ${availability.country}`],
    [availability.segment !== undefined && availability.segment !== line.segment, `segment ${availability.segment}`],
    [
      line.currencyCode !== undefined && availability.defaultCurrency?.code !== line.currencyCode,
      `currency ${availability.defaultCurrency?.code}`,
    ],
    [availability.terms.length === 0 && line.termDuration !== undefined, 'has no terms, leave out termDuration'],
    [availability.terms.length > 0 && terms.length === 0, `no term ${line.termDuration ?? ''} billed ${billingCycle}`],
    [line.termDuration === undefined && durations.length > 1, `several terms, name one of ${durations.join(', ')}`],
  ] as const;
  return {
    availability,
    objections: objections.flatMap(([applies, objection]) => (applies ? [objection] : [])),
    term: terms[0]?.duration,
  };
}

/** Whether a line that names an availability means this one; a line that names none means any. */
export function isNamed(
  { availabilityId, catalogItemId }: Pick<RequestedLine, 'availabilityId' | 'catalogItemId'>,
  availability: Availability,
): boolean {
  return (
    (availabilityId === undefined || availability.id === availabilityId) &&
    (catalogItemId === undefined || availability.catalogItemId === catalogItemId)
  );
}
